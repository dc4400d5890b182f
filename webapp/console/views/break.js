/* One break: both sides, why they did not match, how it came here, and what people decide. */
import { html, nothing } from '../lit.js';
import { get, path, post } from '../api.js';
import { go, href } from '../router.js';
import { empty, icon, loading, panel, problem, shown, tag, when } from '../parts.js';
import { keyFields } from './controls.js';
import * as f from '../format.js';

const ACTIONS = [
  ['comment', 'Comment', 'Say what is known about it.'],
  ['owner', 'Owner', 'Say whose it is.'],
  ['write_off', 'Write off', 'Closes it with the next run, as accepted.'],
  ['close', 'Close', 'Closes it with the next run, by hand.'],
];

/** The fields that both sides have, without their side. */
export function sideFields(found) {
  const names = new Set();
  for (const name of Object.keys(found)) {
    const plain = /^(?:src|tgt)_(.+)$/.exec(name)?.[1];
    if (plain && plain !== 'file' && plain !== 'line') {
      names.add(plain);
    }
  }
  return [...names];
}

export class BreakView {
  constructor(app) {
    this.app = app;
    this.action = 'comment';
  }

  title() {
    return this.found ? `Break ${this.label()}` : 'Break';
  }

  back() {
    return html`<a href=${this.control ? href(['controls', this.control]) : '#/controls'}>Go to the breaks</a>`;
  }

  label() {
    return keyFields(this.found).map(name => this.found[name]).join(' · ');
  }

  async enter([control, id], query) {
    this.query = query;
    this.error = undefined;
    this.none = false;
    if (!control || !id) {
      await this.oldest();
      return;
    }
    if (id !== this.id) {
      this.loaded = false;
      this.explained = undefined;
      this.unexplained = undefined;
    }
    this.control = control;
    this.id = id;
    await this.load();
  }

  /** Without an id: the oldest open break of the first control that has one. */
  async oldest() {
    for (const control of await get('controls')) {
      if (control.latest?.open_breaks) {
        const page = await get(`${path('controls', control.control_id)}/breaks`, { limit: 1 });
        if (page.breaks.length) {
          go(href(['break', control.control_id, page.breaks[0].break_id], { date: page.run_date }), true);
          return;
        }
      }
    }
    this.none = true;
  }

  async load() {
    const address = `${path('controls', this.control)}/breaks/${path(this.id)}`;
    const date = this.query.date;
    // Why it did not match takes a search through the other side: the rest does not wait for it.
    const explanation = get(`${address}/explanation`, { run_date: date }).catch(error => error);
    const asked = this.query;
    const found = await get(address, { run_date: date });
    if (this.query !== asked) {
      return;
    }
    this.found = found;
    this.loaded = true;
    this.app.refresh();
    const explained = await explanation;
    if (this.found === found) {
      this.explained = explained instanceof Error ? undefined : explained;
      this.unexplained = explained instanceof Error ? explained : undefined;
    }
  }

  happened(events) {
    if (events.some(({ type, data }) => type === 'reset' || (type === 'task' && data.status === 'completed' && data.step_name === 'break_rolling_comp')) && this.id) {
      this.load().then(() => this.app.refresh(), () => { });
    }
  }

  render() {
    if (this.none) {
      return html`<div class="page">${empty('No break is open', 'Either everything matches, or no control has run yet.', html`<a class="button" href="#/controls">Go to the controls</a>`)}</div>`;
    }
    if (!this.loaded) {
      return loading('Loading the break');
    }
    const found = this.found;
    return html`<div class="page">
      <nav class="crumbs" aria-label="Where this is"><a href="#/controls">Controls</a><a href=${href(['controls', this.control], { date: found.as_of })}>${shown(this.control)}</a><span aria-current="page">${shown(this.label())}</span></nav>
      <div class="headline"><h1>${shown(this.label())}</h1><span class="chip ${found.status === 'CLOSED' ? 'completed' : 'pending'}">${icon(found.status === 'CLOSED' ? 'completed' : 'warn')}${f.words(found.status === 'CLOSED' ? `closed ${found.close_reason || ''}` : found.status)}</span>
        ${found.explanation ? tag(shown(found.explanation)) : nothing}${found.pending ? tag(`will be ${f.words(found.pending)} with the next run`) : nothing}</div>
      <dl class="facts"><div><dt>Category</dt><dd>${f.words(found.category)}</dd></div><div><dt>As of</dt><dd>${found.as_of}</dd></div><div><dt>First seen</dt><dd>${found.first_seen}</dd></div>
        <div><dt>Age</dt><dd>${f.count(found.age_days)} days</dd></div><div><dt>Times seen</dt><dd>${f.count(found.times_seen)}</dd></div><div><dt>Owner</dt><dd>${found.owner ? shown(found.owner) : '–'}</dd></div></dl>
      ${panel('Both sides', this.sides())}
      ${panel('Why did it not match?', this.why())}
      <div class="pair">${panel('Over the run dates', this.history())}${panel('What people decided', this.decisions())}</div></div>`;
  }

  sides() {
    const found = this.found;
    const differing = new Set((found.differing_fields || '').split(',').map(name => name.trim()).filter(Boolean));
    const one = found.side !== 'both';
    const other = found.side === 'src' ? 'tgt' : 'src';
    return html`<div class="scroll-x" tabindex="0" role="group" aria-label="Both sides"><table class="grid compare">
      <thead><tr><th scope="col">Field</th><th scope="col">SRC</th><th scope="col">TGT</th><th scope="col" class="number">Difference</th><th scope="col">Tolerance tried</th></tr></thead>
      <tbody>${sideFields(found).map(name => {
      const differs = !one && (differing.has(name) || String(found[`src_${name}`]) !== String(found[`tgt_${name}`]));
      // Points stand below each other, and 500 beside 500.04 is 500.00.
      const scale = f.scaleOf(['src', 'tgt'].map(side => found[`${side}_${name}`]));
      const value = side => shown(f.scaled(found[`${side}_${name}`], scale), { spaces: true, most: 500 });
      const cell = side => one && side === other ? html`<td class="absent">not there</td>`
        : html`<td class=${differs ? 'differs' : ''}>${differs ? html`<mark>${value(side)}</mark>` : value(side)}</td>`;
      const difference = found[`diff_${name}`];
      return html`<tr class=${differs ? 'differs' : ''}><th scope="row">${shown(name)}${differs ? html` <span class="sub">differs</span>` : nothing}</th>${cell('src')}${cell('tgt')}
        <td class="number">${difference === undefined || difference === null ? '' : f.count(difference)}</td><td>${this.tolerance(name)}</td></tr>`;
    })}
      <tr><th scope="row">from</th>${['src', 'tgt'].map(side => found[`${side}_file`] ? html`<td class="muted">${shown(found[`${side}_file`])}, line ${f.count(found[`${side}_line`])}</td>` : html`<td class="absent">not there</td>`)}<td></td><td></td></tr></tbody></table></div>`;
  }

  /** The tolerances that the passes allowed for a field, from the nearest candidate. */
  tolerance(field) {
    return tolerances(this.explained?.candidates?.[0]?.passes, field)
      .map(each => html`<span class="tolerance">${each.allowed} <span class="muted">in ${each.passes.join(', ')}</span></span>`);
  }

  why() {
    if (this.unexplained) {
      return html`<p>${shown(this.unexplained.message, { most: 1000 })}</p>${this.found.history?.some(each => each.status !== 'CLOSED')
        ? html`<p><a href=${href(['break', this.control, this.id], { date: this.found.history.filter(each => each.status !== 'CLOSED').at(-1).run_date })}>Show it as it was when it was last open</a></p>` : nothing}`;
    }
    if (!this.explained) {
      return loading('Looking for the nearest rows');
    }
    const { summary, candidates = [] } = this.explained;
    return html`<p class="lead">${sentence(summary)}</p>
      ${candidates.map((candidate, at) => html`<details class="candidate" ?open=${at === 0}><summary>${at === 0 ? 'Nearest row' : `Candidate ${at + 1}`}: ${shown(candidate.file)}, line ${f.count(candidate.line)}${candidate.matched ? ', matched to another row' : ''}</summary>
        <p class="values">${Object.entries(candidate.values || {}).map(([name, value]) => html`<span><span class="muted">${shown(name)}</span> ${shown(value, { spaces: true })}</span>`)}</p>
        <ul class="passes">${(candidate.passes || []).map(pass => html`<li><span class="chip ${pass.would_match ? 'completed' : 'failed'}">${icon(pass.would_match ? 'completed' : 'failed')}${pass.would_match ? 'would match' : 'fails'}</span>
          <strong>${shown(pass.pass)}</strong> <span class="muted">${pass.type}</span><ul class="plain">${(pass.failed || []).map(each => html`<li>${shown(each.sentence, { most: 500, spaces: false })}</li>`)}${pass.reason ? html`<li>${shown(pass.reason)}</li>` : nothing}</ul></li>`)}</ul></details>`)}`;
  }

  history() {
    const history = this.found.history || [];
    return html`<ol class="history-list">${history.map(each => html`<li class=${each.run_date === this.found.as_of ? 'here' : ''}>
      <a data-replace href=${href(['break', this.control, this.id], { date: each.run_date })} aria-current=${each.run_date === this.found.as_of ? 'true' : nothing}>${each.run_date}</a>
      <span class="chip ${each.status === 'CLOSED' ? 'completed' : 'pending'}">${icon(each.status === 'CLOSED' ? 'completed' : 'warn')}${f.words(each.status)}</span>
      <span class="muted">${each.status === 'CLOSED' ? f.words(each.close_reason) : `${f.words(each.category)}, ${each.age_days} days old`}${each.run_status === 'STALE' ? ', stale' : ''}</span></li>`)}</ol>`;
  }

  decisions() {
    const actions = this.found.actions || [];
    return html`${actions.length ? html`<ol class="decisions">${actions.map(each => html`<li><p><strong>${shown(each.who)}</strong> ${{ owner: html`gave it to <strong>${shown(each.owner)}</strong>`, comment: 'commented', write_off: 'wrote it off', close: 'closed it' }[each.action] || each.action} <span class="muted">${when(each.when)}</span></p>${each.why ? html`<blockquote>${shown(each.why, { most: 4000 })}</blockquote>` : nothing}</li>`)}</ol>` : html`<p class="muted">Nothing yet.</p>`}
      ${this.form()}`;
  }

  form() {
    const session = this.app.session;
    const named = session?.authenticated && session.credentials_required;
    const kind = ACTIONS.find(([name]) => name === this.action);
    const fault = name => this.faults?.[name] ? html`<span class="fault" id=${`fault-${name}`}>${this.faults[name]}</span>` : nothing;
    if (!this.app.may('operator')) {
      return html`<p class="muted">Operators may decide about breaks.</p>`;
    }
    return html`<form class="decide" novalidate @submit=${event => this.decide(event)}>
      <fieldset><legend>Decide</legend><div class="choices">${ACTIONS.map(([name, text]) => html`<label><input type="radio" name="action" value=${name} .checked=${name === this.action} @change=${() => this.choose(name)}>${text}</label>`)}</div><p class="muted">${kind[2]}</p></fieldset>
      ${this.action === 'owner' ? html`<label class="field"><span>Owner</span><input name="owner" autocomplete="off" aria-describedby=${this.faults?.owner ? 'fault-owner' : nothing} aria-invalid=${this.faults?.owner ? 'true' : nothing}>${fault('owner')}</label>` : nothing}
      ${named ? nothing : html`<label class="field"><span>Your name</span><input name="who" autocomplete="name" aria-describedby=${this.faults?.who ? 'fault-who' : nothing} aria-invalid=${this.faults?.who ? 'true' : nothing}>${fault('who')}</label>`}
      <label class="field"><span>${this.action === 'owner' ? 'Why (may be empty)' : 'Why'}</span><textarea name="why" rows="2" aria-describedby=${this.faults?.why ? 'fault-why' : nothing} aria-invalid=${this.faults?.why ? 'true' : nothing}></textarea>${fault('why')}</label>
      ${this.refused ? problem(this.refused) : nothing}
      <div class="buttons"><button class="primary" ?disabled=${this.sending}>${kind[1]}</button></div></form>`;
  }

  choose(name) {
    this.action = name;
    this.faults = undefined;
    this.app.refresh();
  }

  async decide(event) {
    event.preventDefault();
    const form = event.target;
    const body = { action: this.action };
    for (const name of ['owner', 'who', 'why']) {
      const value = form.elements[name]?.value.trim();
      if (value) {
        body[name] = value;
      }
    }
    if (!body.who && this.app.session?.authenticated) {
      body.who = this.app.session.principal;
    }
    this.faults = undefined;
    this.refused = undefined;
    this.sending = true;
    this.app.refresh();
    try {
      await post(`${path('controls', this.control)}/breaks/${path(this.id)}/actions`, body);
      this.app.say('Recorded.');
      if (form.elements.why) {
        form.elements.why.value = '';
      }
      // What was decided now is part of the newest run date.
      this.query = {};
      await this.load();
      history.replaceState(null, '', href(['break', this.control, this.id], { date: this.found.as_of }));
    } catch (error) {
      this.faults = faultsOf(error);
      this.refused = this.faults ? undefined : error;
    }
    this.sending = false;
    this.app.refresh();
  }
}

/** The faults of a problem document by the name of the field they are about; none if it has none. */
export function faultsOf(error) {
  const errors = error?.problem?.errors;
  if (!Array.isArray(errors) || !errors.length) {
    return undefined;
  }
  return Object.fromEntries(errors.map(each => [each.pointer.split('/').at(-1), each.detail]));
}

/** What passes that fail on a field allow for it, with the names of the passes that allow the same. */
export function tolerances(passes, field) {
  const found = new Map();
  for (const pass of passes || []) {
    const tried = (pass.failed || []).find(each => each.field === field && each.allowed !== undefined && each.allowed !== null);
    if (tried) {
      const { kind, allowed } = tried;
      // Of a percentage, too, what is allowed comes as an amount.
      const text = Number(allowed) === 0 ? 'exact' : `±${allowed}${kind === 'days' ? ' days' : ''}`;
      found.set(text, [...(found.get(text) || []), pass.pass]);
    }
  }
  return [...found].map(([allowed, names]) => ({ allowed, passes: names }));
}

function sentence(text) {
  return text ? `${text[0].toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}` : '';
}
