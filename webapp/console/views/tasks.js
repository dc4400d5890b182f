/* All tasks, as they are now. */
import { html, nothing, repeat } from '../lit.js';
import { call, get, optional, page, path, post } from '../api.js';
import { Chart } from '../chart.js';
import { go, goSoon, href } from '../router.js';
import { arrows, chip, empty, icon, loading, problem, tag, tile, tiles, when } from '../parts.js';
import { follow, resend } from '../requests.js';
import * as f from '../format.js';

const LIMIT = 100;
const STATES = ['pending', 'running', 'completed', 'failed', 'cancelled'];
const TIMES = [['', 'any time'], ['900', 'last 15 minutes'], ['3600', 'last hour'], ['86400', 'last 24 hours']];
const SAMPLE = {
  parameters: {
    expectedRunDate: '2024-01-15', rootFileDir: 'samples/control',
    inputConfigFilePath: 'samples/control', inputConfigFilePattern: 'payments.json',
  },
};

export class TasksView {
  constructor(app) {
    this.app = app;
    this.chosen = new Set();
    this.progress = new Map();
    this.samples = [];
    this.chart = new Chart(
      [{ label: 'running', colour: '--running', fill: '--running-soft' }, { label: 'waiting', colour: '--pending', dash: [5, 4] }],
      { height: 120, label: 'Running and waiting tasks over the last hour', incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] });
    this.clock = setInterval(() => this.tick(), 1000);
    this.loadHistory();
  }

  title() {
    return 'Tasks';
  }

  leave() {
    this.gone = true;
    clearInterval(this.clock);
    clearTimeout(this.later);
    this.asked?.abort();
    this.chart.remove();
  }

  async enter(parts, query) {
    if (JSON.stringify(query) !== JSON.stringify(this.query)) {
      this.query = query;
      this.wanted = undefined;
      this.chosen.clear();
    }
    await this.load();
  }

  filters() {
    const { status, step, q, cursor, parts, time, since } = this.query;
    return {
      status, step, q: q?.trim(), cursor, limit: LIMIT,
      parent: parts ? undefined : 'none',
      since: time ? new Date(Date.now() - Number(time) * 1000).toISOString() : since,
    };
  }

  async load() {
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    try {
      const [found] = await Promise.all([
        page('tasks', this.filters(), asked.signal),
        this.app.stats ? undefined : get('stats', undefined, asked.signal).then(stats => {
          this.app.stats ||= stats;
        }),
      ]);
      this.items = found.items;
      this.next = found.next;
      this.refused = undefined;
      await this.greet();
    } catch (error) {
      if (error.name === 'AbortError') {
        return;
      }
      this.refused = error;
    }
    this.app.refresh();
  }

  /** A server on which nothing has ever run shows the way. */
  async greet() {
    const filtered = Object.keys(this.query).length > 0;
    if (this.items.length || filtered) {
      this.fresh = false;
    } else if (this.fresh === undefined) {
      this.fresh = (await get('controls')).length === 0;
    }
  }

  async loadHistory() {
    const history = await optional(get('stats/history')).catch(() => null);
    this.samples = (history?.points || []).map(point => [Date.parse(point.t) / 1000 || point.t, point.running, point.queued]);
    this.plot();
  }

  plot() {
    const hour = Date.now() / 1000 - 3600;
    this.samples = this.samples.filter(sample => sample[0] >= hour);
    if (this.samples.length > 1) {
      this.chart.show([0, 1, 2].map(at => this.samples.map(sample => sample[at])),
        `Running and waiting tasks over the last hour; now ${this.samples.at(-1)[1]} running, ${this.samples.at(-1)[2]} waiting`);
    }
  }

  happened(events) {
    for (const { type, data } of events) {
      if (type === 'task') {
        this.changed(data);
      } else if (type === 'progress') {
        this.progress.set(data.task_id, data);
      } else if (type === 'removed') {
        const gone = new Set(data.task_ids);
        this.items = this.items?.filter(item => !gone.has(item.task_id));
      } else if (type === 'stats') {
        this.samples.push([Date.now() / 1000, data.running_tasks, data.queued_tasks]);
        this.plot();
      } else if (type === 'reset') {
        this.reload();
      }
    }
  }

  /** Loads again soon: many changes cost one request. */
  reload() {
    this.later ||= setTimeout(() => {
      this.later = undefined;
      this.load();
    }, document.hidden ? 10_000 : 300);
  }

  changed(item) {
    if (!this.items) {
      return;
    }
    const at = this.items.findIndex(each => each.task_id === item.task_id);
    if (at >= 0) {
      this.items[at] = { ...this.items[at], ...item };
      if (this.query.status && item.status !== this.query.status) {
        this.items.splice(at, 1);
      }
    } else if (!this.query.cursor && this.takes(item)) {
      // Newest first, and not more of them than a page shows.
      const before = this.items.findIndex(each => each.task_id < item.task_id);
      this.items.splice(before < 0 ? this.items.length : before, 0, item);
      this.items.length = Math.min(this.items.length, LIMIT);
      this.fresh = false;
    }
    if (item.status !== 'running') {
      this.progress.delete(item.task_id);
    }
  }

  takes(item) {
    const { status, step, parts } = this.query;
    const q = this.query.q?.trim();
    return (!status || item.status === status) && (!step || item.step_name === step)
      && (parts || !item.parent_id)
      && (!q || item.step_name.toLowerCase().includes(q.toLowerCase()) || item.task_id.includes(q.toLowerCase()));
  }

  /** Running durations count up; with nothing running, times are drawn anew twice a minute. */
  tick() {
    this.seconds = (this.seconds || 0) + 1;
    if (!document.hidden && (this.items?.some(item => item.status === 'running') || this.seconds % 30 === 0)) {
      this.app.refresh();
    }
  }

  set(name, value) {
    go(this.address({ [name]: value }), true);
  }

  /** The address with a filter changed; what is just being typed counts as well. */
  address(change) {
    return href(['tasks'], { ...this.query, q: this.wanted ?? this.query.q, ...change, cursor: undefined });
  }

  typed(event) {
    this.wanted = event.target.value;
    goSoon(() => this.address({}));
  }

  async runSample() {
    this.starting = true;
    this.app.refresh();
    try {
      const { task_id: id } = await post('run/completeness_control', SAMPLE);
      this.sample = { id, status: 'running', progress: 0 };
      this.app.refresh();
      const { status } = await follow(this.app.live, id, state => {
        this.sample = state;
        this.app.refresh();
        return !this.gone;
      });
      if (!this.gone) {
        go(status === 'completed' ? href(['controls', 'payments'], { date: SAMPLE.parameters.expectedRunDate }) : href(['run', id]));
      }
    } catch (error) {
      this.starting = false;
      this.refused = error;
      this.app.refresh();
    }
  }

  render() {
    if (!this.items && !this.refused) {
      return loading('Loading tasks');
    }
    if (this.fresh && !this.items?.length) {
      return this.greeting();
    }
    return html`<div class="page"><h1>Tasks</h1>${this.figures()}${this.filterBar()}
      ${this.refused ? problem(this.refused, html`<a href="#/tasks">Show all tasks</a>`) : this.table()}</div>`;
  }

  greeting() {
    return html`<div class="page"><section class="greeting" aria-labelledby="greeting">
      <h1 id="greeting">Nothing has run here yet</h1>
      <p>The sample reconciles a payment system’s file with a ledger’s for one day, proves the totals, and finds seven breaks.</p>
      ${this.starting
    ? html`<div class="starting" role="status"><progress aria-label="Progress of the sample" max="100" .value=${this.sample?.progress || 0}></progress>
        <p>${this.sample?.children?.length ? `Step ${this.sample.children.length} of 17: ${this.app.stepName(this.sample.children.at(-1).step_name)}` : 'Starting'}</p></div>`
    : html`<div class="buttons">${this.app.may('operator') ? html`<button class="primary large" data-sample @click=${() => this.runSample()}>${icon('running')}Run the sample control</button>` : html`<span class="muted">An operator may run it.</span>`}
        <a class="button large" href="#/steps">Look at the steps</a></div>`}
      ${this.refused ? problem(this.refused) : nothing}
      <p class="muted">It takes a few seconds and reads only files that came with the server.</p>
    </section></div>`;
  }

  figures() {
    const stats = this.app.stats;
    if (!stats) {
      return nothing;
    }
    const link = (status, value) => html`<a href=${href(['tasks'], { status })}>${f.count(value)}</a>`;
    return html`<div class="split figures">${tiles([
      tile('running', link('running', stats.running_tasks), `of ${stats.max_concurrent_tasks}`, 'running'),
      tile('waiting', link('pending', stats.queued_tasks ?? stats.pending_tasks), `room for ${f.count(stats.queue_capacity)}`, 'pending'),
      tile('completed', link('completed', stats.completed_tasks), `kept ${stats.task_ttl_hours} h`, 'completed'),
      tile('failed', link('failed', stats.failed_tasks), stats.cancelled_tasks ? `${f.count(stats.cancelled_tasks)} cancelled` : nothing, stats.failed_tasks ? 'failed' : ''),
    ])}
    <figure class="history"><figcaption>Last hour</figcaption>${this.samples.length > 1 ? this.chart.element()
    : html`<p class="muted">The chart begins with the next change.</p>`}</figure></div>`;
  }

  filterBar() {
    const query = this.query;
    const steps = Object.entries(this.app.steps?.steps || {});
    return html`<form class="filters" role="search" aria-label="Filter tasks" @submit=${event => event.preventDefault()}>
      <label class="search">${icon('search')}<span class="sr">Step name or id</span><input type="search" data-filter placeholder="Step or id  ( / )" .value=${query.q || ''} @input=${event => this.typed(event)}></label>
      <label><span class="sr">Status</span><select @change=${event => this.set('status', event.target.value)}>
        <option value="" ?selected=${!query.status}>any status</option>
        ${STATES.map(state => html`<option value=${state} ?selected=${query.status === state}>${state === 'pending' ? 'waiting' : state}</option>`)}</select></label>
      <label><span class="sr">Step</span><select @change=${event => this.set('step', event.target.value)}>
        <option value="" ?selected=${!query.step}>any step</option>
        ${steps.map(([name, text]) => html`<option value=${name} ?selected=${query.step === name}>${text}</option>`)}
        ${query.step && !steps.some(([name]) => name === query.step) ? html`<option value=${query.step} selected>${query.step}</option>` : nothing}</select></label>
      <label><span class="sr">Time</span><select @change=${event => this.set('time', event.target.value)}>
        ${TIMES.map(([value, text]) => html`<option value=${value} ?selected=${(query.time || '') === value}>${text}</option>`)}</select></label>
      <label class="check"><input type="checkbox" .checked=${Boolean(query.parts)} @change=${event => this.set('parts', event.target.checked ? '1' : undefined)}>parts of pipelines</label>
      ${Object.keys(query).some(name => name !== 'cursor') ? html`<a class="quiet" href="#/tasks">${icon('close')}Clear</a>` : nothing}
    </form>`;
  }

  table() {
    if (!this.items.length) {
      return empty('No task is like this', 'Finished tasks are removed after a while; a wider filter may show more.', html`<a class="button" href="#/tasks">Show all tasks</a>`);
    }
    const all = this.items.every(item => this.chosen.has(item.task_id));
    return html`${this.bulk()}
      <div class="table-wrap"><table class="grid tasks" @keydown=${arrows}>
        <caption class="sr">Tasks, newest first</caption>
        <thead><tr>
          <th class="tick"><input type="checkbox" aria-label="Select all shown" .checked=${all} @change=${event => this.chooseAll(event.target.checked)}></th>
          <th scope="col">Status</th><th scope="col">Step</th><th scope="col" class="opt2">Created</th>
          <th scope="col" class="number">Duration</th><th scope="col" class="opt">Progress</th><th scope="col" class="opt2">Id</th></tr></thead>
        <tbody>${repeat(this.items, item => item.task_id, item => this.row(item))}</tbody>
      </table></div>
      <nav class="pager" aria-label="Pages">
        ${this.query.cursor ? html`<a class="button" href=${href(['tasks'], { ...this.query, cursor: undefined })}>${icon('previous')}Newest</a>` : html`<span></span>`}
        <span class="muted">${this.items.length} shown</span>
        ${this.next ? html`<a class="button" href=${href(['tasks'], { ...this.query, cursor: this.next })}>Older${icon('next')}</a>` : html`<span></span>`}
      </nav>`;
  }

  row(item) {
    const id = item.task_id;
    const chosen = this.chosen.has(id);
    return html`<tr class=${chosen ? 'chosen' : ''}>
      <td class="tick"><input type="checkbox" aria-label=${`Select ${item.step_name} ${id}`} .checked=${chosen} @change=${event => this.choose(id, event.target.checked)}></td>
      <td>${chip(item.status)}</td>
      <td><a class="row" href=${href(['run', id])}>${this.app.stepName(item.step_name)}</a>
        <span class="sub">${item.step_name}${item.parent_id ? html` · <a href=${href(['run', item.parent_id])}>part of a run</a>` : nothing}</span></td>
      <td class="opt2">${when(item.created_at)}</td>
      <td class="number">${this.took(item)}</td>
      <td class="opt">${this.progressOf(item)}</td>
      <td class="opt2 id"><code title=${id}>${id.slice(-8)}</code></td></tr>`;
  }

  took(item) {
    if (item.status === 'running' && item.started_at) {
      return f.duration(Math.max(0, Math.round((Date.now() - Date.parse(item.started_at)) / 1000)));
    }
    return f.duration(item.duration);
  }

  progressOf(item) {
    if (item.status === 'pending') {
      return item.queue_position ? tag(`place ${item.queue_position}`, 'Place in the queue') : tag('waiting');
    }
    if (item.status !== 'running') {
      return nothing;
    }
    const known = this.progress.get(item.task_id);
    const value = known?.progress ?? item.progress;
    return html`<progress aria-label=${`Progress of ${item.step_name}`} max="100" .value=${value ?? 0}></progress> <span class="note">${value ?? 0} %${known?.message ? ` · ${known.message}` : ''}</span>`;
  }

  choose(id, on) {
    this.chosen[on ? 'add' : 'delete'](id);
    this.app.refresh();
  }

  chooseAll(on) {
    this.items.forEach(item => this.chosen[on ? 'add' : 'delete'](item.task_id));
    this.app.refresh();
  }

  bulk() {
    const items = this.items.filter(item => this.chosen.has(item.task_id));
    if (!items.length) {
      return nothing;
    }
    const active = items.filter(item => item.status === 'running' || item.status === 'pending');
    const ended = items.filter(item => !active.includes(item));
    return html`<div class="bulk" role="region" aria-label="Selection"><strong>${items.length} selected</strong>
      ${this.app.may('operator') ? html`<button ?disabled=${!active.length} @click=${() => this.stop(active)}>${icon('stop')}Stop</button>
      <button @click=${() => this.again(items)}>${icon('again')}Run again</button>
      <button ?disabled=${!ended.length} @click=${() => this.remove(ended)}>${icon('remove')}Delete</button>`
    : html`<span class="muted">You may look. Stopping, running again and deleting is for operators.</span>`}
      <button class="quiet" @click=${() => this.chooseAll(false)}>Clear</button></div>`;
  }

  async stop(items) {
    if (await this.app.ask({ title: `Stop ${number(items)}?`, content: names(this.app, items), yes: 'Stop', danger: true })) {
      await this.each(items, item => post(path('stop', item.task_id)), 'asked to stop');
    }
  }

  async again(items) {
    if (await this.app.ask({ title: `Run ${number(items)} again?`, content: names(this.app, items), yes: 'Run again' })) {
      await this.each(items, item => resend(item.task_id), 'started again');
    }
  }

  async remove(items) {
    if (await this.app.ask({ title: `Delete ${number(items)}?`, content: html`${names(this.app, items)}<p>Output and log go with them.</p>`, yes: 'Delete', danger: true })) {
      await this.each(items, item => call('DELETE', path('tasks', item.task_id)), 'deleted');
    }
  }

  /** One after another; says how many went well and why the first one did not. */
  async each(items, action, done) {
    let well = 0;
    let refused;
    for (const item of items) {
      try {
        await action(item);
        well++;
      } catch (error) {
        refused ||= error;
      }
    }
    this.app.say(refused ? `${well} of ${items.length} ${done}. ${refused.message}` : `${number(items)} ${done}`);
    this.chosen.clear();
    await this.load();
  }
}

function number(items) {
  return items.length === 1 ? '1 task' : `${items.length} tasks`;
}

function names(app, items) {
  const first = items.slice(0, 6);
  return html`<ul class="plain">${first.map(item => html`<li>${chip(item.status)} ${app.stepName(item.step_name)} <code>${item.task_id.slice(-8)}</code></li>`)}
    ${items.length > first.length ? html`<li>and ${items.length - first.length} more</li>` : nothing}</ul>`;
}
