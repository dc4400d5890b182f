/* Lines over time, drawn by uPlot; loaded when the first of them is seen. */
import { html } from './lit.js';

const MINUTES = [60, 120, 300, 600, 900, 1200, 1800, 3600];

let library;

const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A chart that lives in an element which lit leaves alone. */
export class Chart {
  /**
   * @param series [{label, colour: a CSS variable, fill?, dash?, scale?}]
   * @param options {height, label, time: whether x is seconds since 1970, x: shows other values}
   */
  constructor(series, options) {
    this.series = series;
    this.options = options;
    this.host = document.createElement('div');
    this.host.className = 'chart';
    this.host.setAttribute('role', 'img');
    this.host.setAttribute('aria-label', options.label);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.host);
    this.scheme = matchMedia('(prefers-color-scheme: dark)');
    this.repaint = () => this.draw(true);
    this.scheme.addEventListener('change', this.repaint);
  }

  element() {
    return html`${this.host}`;
  }

  /** @param data [[x…], [y…], …] */
  show(data, label) {
    this.data = data;
    if (label) {
      this.host.setAttribute('aria-label', label);
    }
    this.draw(false);
  }

  async draw(anew) {
    library ||= import('../vendor/uplot/uPlot.esm.js').then(module => module.default);
    const UPlot = await library;
    if (this.gone || !this.data) {
      return;
    }
    if (this.plot && !anew) {
      this.plot.setData(this.data);
      return;
    }
    this.plot?.destroy();
    // All measures follow the size of the text, which is larger on larger screens.
    const em = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const font = `${em * 0.75}px ${getComputedStyle(document.body).fontFamily}`;
    const last = at => at ?? this.data[0].length - 1;
    const axis = { stroke: colour('--muted'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false }, font };
    this.plot = new UPlot({
      width: Math.max(200, this.host.clientWidth),
      height: this.height(),
      padding: [em * 0.7, em * (this.options.x ? 2.4 : 1.4), 0, null],
      cursor: { y: false, points: { size: 6 } },
      legend: { show: true, live: true },
      scales: { x: { time: this.options.time !== false }, y: { range: (u, low, high) => this.options.range || [0, Math.max(this.options.least || 4, Math.ceil((high || 0) * 1.15))] } },
      axes: [
        { ...axis, size: em * 2, space: em * 5.5, ...(this.options.x ? { values: (u, ticks) => ticks.map(this.options.x), incrs: [1, 2, 5, 10, 20, 50, 100] }
          : { values: (u, ticks) => ticks.map(tick => new Date(tick * 1000).toTimeString().slice(0, 5)), incrs: MINUTES }) },
        { ...axis, size: em * 3.2, space: em * 2, values: this.options.y ? (u, ticks) => ticks.map(this.options.y) : undefined, incrs: this.options.incrs },
      ],
      series: [
        this.options.x ? { label: this.options.xLabel, value: (u, value, series, at) => this.options.x(this.data[0][last(at)]) } : {
          label: 'time', value: (u, value, series, at) => at === null || at === undefined ? 'now' : new Date(value * 1000).toTimeString().slice(0, 8),
        },
        ...this.series.map((each, index) => ({
          label: each.label, stroke: colour(each.colour), width: 2, dash: each.dash,
          fill: each.fill ? colour(each.fill) : undefined, points: { show: this.options.points || false, size: 6 },
          // Where nobody points, the newest.
          value: (u, pointed, series, at) => {
            const value = this.data[1 + index][last(at)];
            return value === null || value === undefined ? '–' : this.options.y ? this.options.y(value) : String(value);
          },
        })),
      ],
    }, this.data, this.host);
  }

  height() {
    return Math.round(this.options.height * parseFloat(getComputedStyle(document.documentElement).fontSize) / 15);
  }

  resize() {
    if (this.plot && this.host.clientWidth > 0) {
      this.plot.setSize({ width: this.host.clientWidth, height: this.height() });
    }
  }

  remove() {
    this.gone = true;
    this.observer.disconnect();
    this.scheme.removeEventListener('change', this.repaint);
    this.plot?.destroy();
  }
}
