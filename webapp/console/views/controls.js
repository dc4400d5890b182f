/* The controls: whether two systems agree, over the run dates, and the proof of it. */
import { html, nothing, svg, repeat } from '../lit.js';
import { get, optional, path, post } from '../api.js';
import { Chart } from '../chart.js';
import { proof } from '../proof.js';
import { follow } from '../requests.js';
import { go, href } from '../router.js';
import { arrows, bar, empty, icon, loading, panel, problem, shown, tabs, tag, tile, tiles, verdict, VERDICTS, when } from '../parts.js';
import * as f from '../format.js';

const LIMIT = 100;
const CATEGORIES = ['VALUE', 'MISSING_IN_SRC', 'MISSING_IN_TGT', 'DUPLICATE_IN_SRC', 'DUPLICATE_IN_TGT', 'KEY_NULL'];
const SAMPLE_DAYS = ['2024-01-15', '2024-01-16', '2024-01-17'];
const FIXED = new Set(['as_of', 'break_id', 'category', 'explanation', 'owner', 'side', 'differing_fields', 'src_file', 'src_line',
  'tgt_file', 'tgt_line', 'first_seen', 'age_days', 'age_bucket', 'times_seen', 'generation', 'status', 'closed_on', 'close_reason', 'pending', 'comments', 'actions', 'history', 'run_date', 'run_status']);

/** The fields of the key and of the group: they stand without a side. */
export function keyFields(found) {
  return Object.keys(found).filter(name => !FIXED.has(name) && !/^(src|tgt|diff)_/.test(name));
}

export class ControlsView {
  constructor(app) {
    this.app = app;
    this.chart = new Chart(
      [{ label: 'open breaks', colour: '--pending', fill: '--pending-soft' }],
      { height: 130, label: 'Open breaks over the run dates', xLabel: 'run date', time: false, points: true, x: value => this.dates?.[value] ?? '', incrs: [1, 2, 5, 10, 20, 50, 100, 1000] });
    this.rates = new Chart(
      [{ label: 'match rate', colour: '--completed' }],
      { height: 130, label: 'Match rate over the run dates', xLabel: 'run date', time: false, points: true, range: [0, 100], x: value => this.dates?.[value] ?? '', y: value => value === null ? '' : `${Math.round(value * 10) / 10} %` });
  }

  title() {
    return this.id ? `Control ${this.id}` : 'Controls';
  }

  back() {
    return html`<a href="#/controls">Show all controls</a>`;
  }

  leave() {
    this.gone = true;
    clearTimeout(this.later);
    this.chart.remove();
    this.rates.remove();
  }

  async enter([id, kind, breakId], query) {
    if (kind === 'breaks' && breakId) {
      go(href(['break', id, breakId], query), true);
      return;
    }
    this.query = query;
    this.error = undefined;
    if (id !== this.id || !this.loaded) {
      // What is drawn meanwhile must not be what another address had loaded.
      this.loaded = false;
      this.id = id;
      await this.load();
    } else {
      await this.loadDate();
    }
  }

  async load() {
    const id = this.id;
    if (!id) {
      const controls = await get('controls');
      const histories = new Map(await Promise.all(controls.slice(0, 12).map(async control =>
        [control.control_id, await get(`${path('controls', control.control_id)}/runs`)])));
      if (this.id) {
        return;
      }
      Object.assign(this, { controls, histories });
    } else {
      const runs = await get(`${path('controls', id)}/runs`);
      if (id !== this.id) {
        return;
      }
      this.runs = runs;
      this.plot();
      await this.loadDate();
      if (id !== this.id) {
        return;
      }
    }
    this.loaded = true;
    this.app.refresh();
  }

  run() {
    const date = this.query.date;
    return date ? this.runs.find(run => run.run_date === date) : this.runs[0];
  }

  async loadDate() {
    const run = this.run();
    if (!run) {
      this.breaks = undefined;
      return;
    }
    const date = run.run_date;
    const { status, category, age, cursor } = this.query;
    const key = JSON.stringify([this.id, date, run.attempt, status, category, age, cursor]);
    this.wantedKey = key;
    if (key === this.shownKey) {
      return;
    }
    let refused;
    const [document, breaks] = await Promise.all([
      this.proofOf === `${this.id} ${date} ${run.attempt}` ? this.proof : optional(get(`${path('controls', this.id, 'runs', date)}/proof`)),
      get(`${path('controls', this.id)}/breaks`, { run_date: date, status, category, age_min: age, cursor, limit: LIMIT })
        .catch(error => {
          refused = error;
          return null;
        }),
    ]);
    if (key !== this.wantedKey) {
      return;
    }
    this.refused = refused;
    this.proof = document;
    this.proofOf = `${this.id} ${date} ${run.attempt}`;
    this.breaks = breaks;
    this.shownKey = this.refused ? undefined : key;
  }

  plot() {
    const runs = [...this.runs].reverse();
    this.dates = runs.map(run => run.run_date);
    const at = runs.map((_, index) => index);
    if (runs.length > 1) {
      this.chart.show([at, runs.map(run => run.open_breaks ?? null)], `Open breaks over ${runs.length} run dates: ${runs.map(run => `${run.run_date} ${run.open_breaks}`).slice(-8).join(', ')}`);
      const rates = runs.map(rate);
      if (rates.some(value => value !== null)) {
        this.hasRates = true;
        this.rates.show([at, rates], `Match rate over ${runs.length} run dates: ${runs.map((run, index) => `${run.run_date} ${rates[index] === null ? 'unknown' : `${rates[index].toFixed(1)} %`}`).slice(-8).join(', ')}`);
      }
    }
  }

  happened(events) {
    const ended = events.some(({ type, data }) => type === 'task' && data.status === 'completed'
      && (data.step_name === 'break_rolling_comp' || data.step_name === 'completeness_control'));
    if (ended || events.some(({ type }) => type === 'reset')) {
      this.later ||= setTimeout(() => {
        this.later = undefined;
        this.shownKey = undefined;
        this.load().then(() => this.app.refresh(), error => {
          this.error = error.status === 0 ? this.error : error;
          this.app.refresh();
        });
      }, document.hidden ? 10_000 : 400);
    }
  }

  render() {
    if (!this.loaded) {
      return loading('Loading the controls');
    }
    return this.id ? this.one() : this.all();
  }

  all() {
    if (!this.controls.length) {
      return html`<div class="page"><h1>Controls</h1>${empty('No control has run yet', 'A control compares what left one system with what arrived in another.', html`<a class="button" href="#/tasks">Run the sample</a>`)}</div>`;
    }
    return html`<div class="page"><h1>Controls</h1><div class="cards">${this.controls.map(control => {
      const runs = (this.histories.get(control.control_id) || []).slice(0, 30).reverse();
      const latest = control.latest || {};
      const matched = runs.length ? rate(runs.at(-1)) : null;
      return html`<a class="card" href=${href(['controls', control.control_id])}>
        <span class="card-head"><strong>${shown(control.control_id)}</strong>${verdict(latest.verdict)}</span>
        <span class="big">${f.count(latest.open_breaks)}</span> <span class="muted">open breaks on ${latest.run_date}${matched === null ? '' : `, ${percent(matched)} matched`}</span>
        ${strip(runs)}
        <span class="muted">${control.runs} run date${control.runs === 1 ? '' : 's'}${control.stale_run_dates.length ? `, ${control.stale_run_dates.length} stale` : ''}</span></a>`;
    })}</div></div>`;
  }

  one() {
    const run = this.run();
    const here = change => href(['controls', this.id], { ...this.query, cursor: undefined, ...change });
    if (!run) {
      return html`<div class="page">${problem(new Error(`The ledger of ${this.id} has no run date ${this.query.date}.`), html`<a href=${href(['controls', this.id])}>Show the newest one</a>`)}</div>`;
    }
    const at = this.runs.indexOf(run);
    const newer = this.runs[at - 1];
    const older = this.runs[at + 1];
    const tab = this.query.tab || 'breaks';
    return html`<div class="page">
      <nav class="crumbs" aria-label="Where this is"><a href="#/controls">Controls</a><span aria-current="page">${shown(this.id)}</span></nav>
      <div class="headline"><h1>${shown(this.id)}</h1>${verdict(run.verdict)}${run.status === 'STALE' ? html`<span class="chip failed" title="An earlier run date was run again since: run this one again">${icon('warn')}stale</span>` : nothing}
        <div class="dates" role="group" aria-label="Run date">
          ${older ? html`<a class="button" data-replace href=${here({ date: older.run_date })} aria-label=${`Run date before: ${older.run_date}`}>${icon('previous')}</a>` : html`<button disabled aria-label="No run date before">${icon('previous')}</button>`}
          <select aria-label="Run date" @change=${event => go(here({ date: event.target.value }), true)}>${this.runs.map(each => html`<option value=${each.run_date} ?selected=${each === run}>${each.run_date}</option>`)}</select>
          ${newer ? html`<a class="button" data-replace href=${here({ date: newer.run_date })} aria-label=${`Run date after: ${newer.run_date}`}>${icon('next')}</a>` : html`<button disabled aria-label="No run date after">${icon('next')}</button>`}</div></div>
      ${this.figures(run)}
      ${this.nextSample()}
      ${this.runs.length > 1 ? html`<div class="pair">${panel('Open breaks', this.chart.element())}${this.hasRates ? panel('Match rate', this.rates.element()) : nothing}</div>
        ${verdicts([...this.runs].reverse(), run, each => here({ date: each.run_date }))}` : nothing}
      ${tabs('About this run date', [['breaks', 'Breaks'], ['ages', 'Age and exposure'], ['proof', 'Proof']], tab, name => here({ tab: name }))}
      ${tab === 'proof' ? this.proofTab() : tab === 'ages' ? this.ages(run) : this.list(here)}
      <p class="muted">Committed ${when(run.committed_at)}, attempt ${run.attempt}. ${run.task_id ? html`<a href=${href(['run', run.task_id])}>The run</a>` : nothing}</p></div>`;
  }

  figures(run) {
    const closed = Object.entries(run.closed_by_reason || {}).filter(([, number]) => number).map(([reason, number]) => `${number} ${f.words(reason)}`).join(', ');
    const value = rate(run);
    return tiles([
      tile('open breaks', f.count(run.open_breaks), run.within_thresholds === false ? 'above the threshold' : 'within the threshold', run.open_breaks ? 'pending' : 'completed'),
      tile('new', f.count(run.new), run.reopened ? `${f.count(run.reopened)} came back` : nothing),
      tile('closed', f.count(run.closed), closed || nothing),
      value === null ? nothing : tile('match rate', percent(value), 'of the rows in scope'),
    ]);
  }

  /** Who has only seen the first day of the sample is offered the next one. */
  nextSample() {
    if (this.id !== 'payments' || !this.app.may('operator')) {
      return nothing;
    }
    const done = new Set(this.runs.map(run => run.run_date));
    const next = SAMPLE_DAYS.find(day => !done.has(day));
    if (!next || !done.has(SAMPLE_DAYS[0]) || this.runs.some(run => !SAMPLE_DAYS.includes(run.run_date))) {
      return nothing;
    }
    return html`<div class="hint"><p>The sample has ${SAMPLE_DAYS.length} days. Run ${next} to see breaks close and age.</p>
      <button data-next-day ?disabled=${this.running} @click=${() => this.runDay(next)}>${icon('running')}${this.running ? `Running ${next} …` : `Run ${next}`}</button></div>`;
  }

  async runDay(day) {
    this.running = true;
    this.app.refresh();
    await this.app.attempt(async () => {
      const { task_id: id } = await post('run/completeness_control', { parameters: {
        expectedRunDate: day, rootFileDir: 'samples/control', inputConfigFilePath: 'samples/control', inputConfigFilePattern: 'payments.json' } });
      const { status } = await follow(this.app.live, id, () => !this.gone);
      if (this.gone) {
        return;
      }
      if (status === 'completed') {
        await this.load();
      }
      go(status === 'completed' ? href(['controls', this.id], { date: day }) : href(['run', id]));
    });
    this.running = false;
    this.app.refresh();
  }

  ages(run) {
    const ages = Object.entries(run.open_by_age || {});
    const categories = Object.entries(run.open_by_category || {});
    const rows = (entries, name) => {
      const most = Math.max(1, ...entries.map(([, number]) => number));
      return html`<table class="bars"><tbody>${entries.map(([label, number]) => html`<tr><th scope="row">${name(label)}</th><td class="wide">${bar(number, most, 'pending')}</td><td class="number">${f.count(number)}</td></tr>`)}</tbody></table>`;
    };
    return html`<div class="pair">${panel('Open breaks by age, in days', ages.length ? rows(ages, label => label) : empty('No ages', 'No break is open.'))}
      ${panel('Open breaks by category', categories.length ? rows(categories, f.words) : empty('No breaks', 'No break is open.'))}</div>
      ${this.exposure()}`;
  }

  /** What the open differences come to, per group and amount. */
  exposure() {
    const lines = this.proof?.accounts?.find(account => account.account === 3)?.lines || [];
    if (!lines.length) {
      return nothing;
    }
    const most = Math.max(1e-9, ...lines.map(line => Math.abs(Number(line.in_breaks))));
    return panel('Exposure', html`<div class="scroll-x" tabindex="0" role="group" aria-label="Exposure"><table class="grid">
      <thead><tr><th scope="col">Group</th><th scope="col">Amount</th><th scope="col" class="number">SRC</th><th scope="col" class="number">TGT</th><th scope="col" class="number">In breaks</th><th scope="col" class="wide"><span class="sr">Share</span></th></tr></thead>
      <tbody>${lines.map(line => html`<tr><td>${Object.values(line.group || {}).map(value => html`${shown(value)} `)}</td><td>${shown(line.field)}</td><td class="number">${f.count(line.src)}</td><td class="number">${f.count(line.tgt)}</td>
        <td class="number strong">${f.count(line.in_breaks)}</td><td class="wide">${bar(Math.abs(Number(line.in_breaks)), most, 'pending')}</td></tr>`)}</tbody></table></div>`);
  }

  proofTab() {
    return this.proof ? html`<p class="lead">${this.proof.reasons?.length ? `${this.proof.reasons.join('; ')}.` : ''} The accounts are computed apart from the matching; each must add up.</p>${proof(this.proof)}`
      : empty('No proof is kept', 'The ledger has none for this run date.');
  }

  list(here) {
    const query = this.query;
    return html`<form class="filters" role="search" aria-label="Filter breaks" @submit=${event => event.preventDefault()}>
      <label><span class="sr">Status</span><select data-filter @change=${event => go(here({ status: event.target.value }), true)}>
        ${[['', 'open'], ['closed', 'closed'], ['all', 'open and closed']].map(([value, text]) => html`<option value=${value} ?selected=${(query.status || '') === value}>${text}</option>`)}</select></label>
      <label><span class="sr">Category</span><select @change=${event => go(here({ category: event.target.value }), true)}><option value="" ?selected=${!query.category}>any category</option>
        ${CATEGORIES.map(name => html`<option value=${name} ?selected=${query.category === name}>${f.words(name)}</option>`)}</select></label>
      <label class="check">at least <input type="number" min="0" max="9999" class="short" aria-label="Least age in days" .value=${query.age || ''} @change=${event => go(here({ age: event.target.value }), true)}> days old</label>
      ${query.status || query.category || query.age ? html`<a class="quiet" data-replace href=${here({ status: undefined, category: undefined, age: undefined })}>${icon('close')}Clear</a>` : nothing}</form>
      ${this.refused ? problem(this.refused, html`<a data-replace href=${href(['controls', this.id], { date: query.date })}>Show all breaks</a>`) : this.table(here)}`;
  }

  table(here) {
    const breaks = this.breaks?.breaks || [];
    if (!breaks.length) {
      const filtered = this.query.status || this.query.category || this.query.age;
      return empty(filtered ? 'No break is like this' : 'No break is open', filtered ? 'A wider filter may show more.' : 'Everything that left arrived, once and with the right values.');
    }
    const keys = keyFields(breaks[0]);
    const diffs = Object.keys(breaks[0]).filter(name => name.startsWith('diff_'));
    const scales = Object.fromEntries(diffs.map(name => [name, f.scaleOf(breaks.map(each => each[name]))]));
    return html`<div class="table-wrap"><table class="grid breaks" @keydown=${arrows}><caption class="sr">Breaks, oldest first</caption>
      <thead><tr><th scope="col">Break</th><th scope="col">Category</th>${diffs.map(name => html`<th scope="col" class="number">${name.slice(5)}</th>`)}<th scope="col" class="number">Age</th>
        <th scope="col" class="opt2">First seen</th><th scope="col" class="opt">Status</th><th scope="col" class="opt2">Owner</th></tr></thead>
      <tbody>${repeat(breaks, each => each.break_id, each => html`<tr>
        <td><a class="row" href=${href(['break', this.id, each.break_id], { date: this.run().run_date })}>${keys.map((name, at) => html`${at ? ' · ' : ''}${shown(each[name])}`)}</a>
          ${each.differing_fields ? html`<span class="sub">differs in ${shown(each.differing_fields)}</span>` : nothing}</td>
        <td>${f.words(each.category)}${each.explanation ? html` ${tag(shown(each.explanation))}` : nothing}</td>
        ${diffs.map(name => html`<td class="number">${each[name] === null ? html`<span class="void">–</span>` : f.count(f.scaled(each[name], scales[name]))}</td>`)}
        <td class="number">${f.count(each.age_days)} d</td><td class="opt2">${each.first_seen}</td><td class="opt">${f.words(each.status)}${each.close_reason ? html` <span class="muted">${f.words(each.close_reason)}</span>` : nothing}${each.pending ? html` ${tag(`will be ${f.words(each.pending)}`)}` : nothing}</td>
        <td class="opt2">${each.owner ? shown(each.owner) : html`<span class="void">–</span>`}</td></tr>`)}</tbody></table></div>
      <nav class="pager" aria-label="Pages">${this.query.cursor ? html`<a class="button" data-replace href=${here({})}>${icon('previous')}Oldest</a>` : html`<span></span>`}<span class="muted">${breaks.length} shown</span>
      ${this.breaks.next_cursor ? html`<a class="button" href=${here({ cursor: this.breaks.next_cursor })}>Next${icon('next')}</a>` : html`<span></span>`}</nav>`;
  }
}

const percent = value => `${Math.floor(value * 10) / 10} %`;

/** Matched rows of both sides among those in scope, in percent; null if the ledger does not say. */
export function rate(run) {
  const sides = Object.values(run.sides || {});
  const matched = sides.reduce((sum, side) => sum + side.matched, 0);
  const open = sides.reduce((sum, side) => sum + side.in_breaks, 0);
  return matched + open > 0 ? (100 * matched) / (matched + open) : null;
}

/** The verdict of each run date, oldest first, as a row of links; the newest thirty. */
function verdicts(runs, chosen, address) {
  return html`<nav class="verdicts" aria-label="Verdicts over the run dates"><span class="muted">Verdicts</span>${runs.slice(-30).map(run => {
    const words = `${run.run_date}: ${f.words(run.verdict || 'no verdict')}, ${f.count(run.open_breaks)} open`;
    const kind = VERDICTS[run.verdict] || 'cancelled';
    return html`<a data-replace class="chip ${kind}" href=${address(run)} title=${words} aria-label=${words} aria-current=${run === chosen ? 'true' : nothing}>${icon(kind === 'pending' ? 'warn' : kind)}${run.run_date.slice(5)}</a>`;
  })}</nav>`;
}

/** One column for each run date: as high as breaks are open, in the colour of the verdict. */
function strip(runs) {
  const most = Math.max(1, ...runs.map(run => run.open_breaks || 0));
  return html`<svg class="strip" viewBox="0 0 ${Math.max(8, runs.length) * 12} 40" preserveAspectRatio="xMinYMid meet" role="img" aria-label=${`Open breaks: ${runs.map(run => `${run.run_date} ${run.open_breaks}`).join(', ')}`}>${runs.map((run, at) => {
    const height = 4 + (34 * (run.open_breaks || 0)) / most;
    return svg`<rect class=${VERDICTS[run.verdict] || ''} x=${at * 12} y=${40 - height} width="9" height=${height} rx="2"/>`;
  })}</svg>`;
}
