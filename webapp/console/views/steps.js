/* What can be run, and a form to run it. */
import { html, nothing } from '../lit.js';
import { get, page, path, post } from '../api.js';
import { form, readAll } from '../form.js';
import { snippet } from '../snippets.js';
import { requestOf } from '../requests.js';
import { faultsOf } from './break.js';
import { go, goSoon, href } from '../router.js';
import { copy, empty, icon, loading, panel, problem, tag } from '../parts.js';
import * as f from '../format.js';

const KINDS = [['pipeline', 'Pipelines'], ['workflow', 'Workflow'], ['completeness', 'Completeness'], ['classic', 'Classic'],
  ['process', 'Programs'], ['sql', 'SQL'], ['java', 'Java']];
const LANGUAGES = [['curl', 'curl'], ['python', 'Python'], ['javascript', 'JavaScript']];

const OPTIONS = [['priority', 'Priority, 0 to 9; 9 runs first', '5'], ['timeout_seconds', 'Seconds that an attempt may take', 'no limit'],
  ['retries', 'Further attempts after a failure', '0']];

/* What came with the server and can be run at once. */
const SAMPLES = {
  completeness_control: { expectedRunDate: '2024-01-15', rootFileDir: 'samples/control', inputConfigFilePath: 'samples/control', inputConfigFilePattern: 'payments.json' },
  reading_config_comp: { expectedRunDate: '2024-01-15', rootFileDir: 'samples/control', inputConfigFilePath: 'samples/control', inputConfigFilePattern: 'payments.json' },
  sample_workflow: {},
  read_csv: { file_path: 'samples/orders.csv' },
};

export class StepsView {
  constructor(app) {
    this.app = app;
    this.typed = {};
    this.inputs = [];
    this.options = {};
    this.language = 'curl';
  }

  title() {
    return this.name ? this.app.stepName(this.name) : 'Steps';
  }

  back() {
    return html`<a href="#/steps">Show all steps</a>`;
  }

  async enter([name], query) {
    this.query = query;
    this.error = undefined;
    if (!this.app.steps) {
      this.app.steps = await get('steps');
    }
    if (name !== this.name) {
      this.name = name;
      this.faults = {};
      this.refused = undefined;
      this.typed = {};
      this.options = {};
      this.inputs = [];
      this.from = undefined;
      if (name && this.takesInputs()) {
        this.candidates = (await page('tasks', { status: 'completed', limit: 100 })).items;
      }
    }
    if (query.from && query.from !== this.from) {
      await this.takeOver(query.from);
    }
  }

  /** Fills the form with what another run was given, to be changed. */
  async takeOver(id) {
    const { step_name: step, body } = await requestOf(id);
    if (step !== this.name || id !== this.query.from) {
      return;
    }
    this.from = id;
    const given = { ...body.parameters, ...body.custom_params };
    this.fill(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)));
    this.inputs = Object.entries(body.inputs || {}).map(([input, task]) => ({ name: input, task: String(task) }));
    if (Object.keys(body.previous_outputs || {}).length) {
      this.app.say('The outputs that were sent along with it are not taken over.');
    }
    this.options = Object.fromEntries(OPTIONS.map(([option]) => option).filter(option => body[option] !== undefined && body[option] !== null).map(option => [option, String(body[option])]));
  }

  entry() {
    return this.app.steps?.catalogue[this.name];
  }

  takesInputs() {
    const kindOf = this.entry()?.kind;
    return kindOf !== 'pipeline' && !['read_csv', 'read_parquet', 'read_excel', 'extract', 'reading_config_comp'].includes(this.name);
  }

  render() {
    if (!this.app.steps) {
      return loading('Loading the steps');
    }
    if (!this.name) {
      return this.list();
    }
    const entry = this.entry();
    if (!entry) {
      return html`<div class="page">${problem(new Error(`There is no step named ${this.name}.`), this.back())}</div>`;
    }
    return this.step(entry);
  }

  list() {
    const search = (this.query.q || '').trim().toLowerCase();
    const entries = Object.entries(this.app.steps.catalogue).filter(([name, entry]) =>
      !search || `${name} ${entry.display_name} ${entry.description}`.toLowerCase().includes(search));
    const others = [...new Set(entries.map(([, entry]) => entry.kind))].filter(each => !KINDS.some(([id]) => id === each)).map(each => [each, each]);
    return html`<div class="page"><h1>Steps</h1>
      <form class="filters" role="search" aria-label="Filter steps" @submit=${event => event.preventDefault()}><label class="search">${icon('search')}<span class="sr">Search the steps</span><input type="search" data-filter placeholder="Search the steps  ( / )" .value=${this.query.q || ''} @input=${event => this.search(event)}></label><span class="muted">${entries.length} of ${this.app.steps.total_steps}</span></form>
      ${entries.length ? nothing : empty('No step is like this', 'Search for something else.', html`<a class="button" href="#/steps">Show all steps</a>`)}
      ${[...KINDS, ...others].map(([id, text]) => {
      const found = entries.filter(([, entry]) => entry.kind === id);
      return found.length ? html`<section aria-label=${text}><h2 class="group">${text}</h2><div class="cards">${found.map(([name, entry]) => html`<a class="card" href=${href(['steps', name])}><span class="card-head"><strong>${entry.display_name}</strong></span><code>${name}</code><span class="muted">${entry.description}</span></a>`)}</div></section>` : nothing;
    })}</div>`;
  }

  search(event) {
    const q = event.target.value;
    goSoon(() => href(['steps'], { q }));
  }

  body() {
    const { values, faults } = readAll(this.entry().parameters || {}, this.typed);
    const body = {};
    if (Object.keys(values).length) {
      body.parameters = values;
    }
    const inputs = Object.fromEntries(this.inputs.filter(each => each.name.trim() && each.task).map(each => [each.name.trim(), each.task]));
    if (Object.keys(inputs).length) {
      body.inputs = inputs;
    }
    for (const name of ['priority', 'timeout_seconds', 'retries']) {
      const text = (this.options[name] || '').trim();
      if (text) {
        const number = Number(text);
        body[name] = Number.isFinite(number) ? number : text;
      }
    }
    return { body, faults };
  }

  step(entry) {
    const { body } = this.body();
    const schema = entry.parameters || {};
    const text = snippet(this.language, new URL('.', location.href).href, this.name, body);
    const sample = SAMPLES[this.name];
    const fields = Object.keys(schema.properties || {}).length;
    return html`<div class="page">
      <nav class="crumbs" aria-label="Where this is"><a href="#/steps">Steps</a><span aria-current="page">${entry.display_name}</span></nav>
      <div class="headline"><h1>${entry.display_name}</h1>${tag(entry.kind)}${entry.retryable ? tag('may be retried', 'Running it again after a failure does no harm') : nothing}</div>
      <p class="lead"><code>${this.name}</code> ${entry.description}</p>
      <div class="pair step-form">
        <form class="panel" novalidate aria-label="Parameters" @submit=${event => this.run(event)}>
          <header class="panel-head"><h2>Parameters</h2>${sample && fields ? html`<div class="actions"><button type="button" class="quiet" data-fill @click=${() => this.fill(sample)}>Fill in the sample</button></div>` : nothing}</header>
          ${fields ? form(schema, this.typed, this.faults || {}, (name, value) => this.change(name, value)) : html`<p class="muted">It takes no parameters.</p>`}
          ${this.takesInputs() ? this.inputFields() : nothing}
          <details class="more" ?open=${OPTIONS.some(([name]) => this.faults?.[name] || this.options[name])}><summary>Priority, time limit, retries</summary>${OPTIONS.map(([name, about, normal]) => html`<div class="field ${this.faults?.[name] ? 'bad' : ''}"><label for=${`option-${name}`}>${about}</label><input id=${`option-${name}`} inputmode="numeric" name=${name} placeholder=${normal} aria-describedby=${this.faults?.[name] ? `option-${name}-fault` : nothing} aria-invalid=${this.faults?.[name] ? 'true' : nothing} .value=${this.options[name] || ''} @input=${event => this.option(name, event.target.value)}>${this.faults?.[name] ? html`<span class="fault" id=${`option-${name}-fault`}>${this.faults[name]}</span>` : nothing}</div>`)}</details>
          ${this.refused ? problem(this.refused) : nothing}
          <div class="buttons"><button class="primary" ?disabled=${this.sending || !this.app.may('operator')}>${icon('running')}Run</button>
            ${sample ? html`<button type="button" data-run-sample ?disabled=${this.sending || !this.app.may('operator')} @click=${() => this.send({ parameters: sample })}>Run the sample</button>` : nothing}
            ${this.app.may('operator') ? nothing : html`<span class="muted">Operators may run steps.</span>`}</div>
        </form>
        ${panel('As a request', html`<div class="tabs small" role="group" aria-label="Language">${LANGUAGES.map(([id, name]) => html`<button type="button" class=${id === this.language ? 'on' : ''} aria-pressed=${id === this.language ? 'true' : 'false'} @click=${() => this.speak(id)}>${name}</button>`)}</div>
          <pre class="code snippet" tabindex="0" aria-label="The request">${text}</pre>`, { actions: html`<button class="quiet" @click=${() => copy(this.app, text, 'Request')}>${icon('copy')}Copy</button>` })}
      </div></div>`;
  }

  inputFields() {
    return html`<fieldset class="inputs"><legend>Inputs</legend><p class="muted">Outputs of finished runs that this step reads.${this.name === 'join' ? ' A join takes left and right.' : ''}</p>
      ${this.inputs.map((each, at) => html`<div class="input-row"><input aria-label="Name of the input" placeholder="name" .value=${each.name} @input=${event => this.input(at, { name: event.target.value })}>
        <select aria-label="Finished run" @change=${event => this.input(at, { task: event.target.value })}><option value="">choose a run</option>${(this.candidates || []).map(task => html`<option value=${task.task_id} ?selected=${task.task_id === each.task}>${this.app.stepName(task.step_name)}, ${f.ago(task.completed_at)} (${task.task_id.slice(-6)})</option>`)}${each.task && !(this.candidates || []).some(task => task.task_id === each.task) ? html`<option value=${each.task} selected>${each.task}</option>` : nothing}</select>
        <button type="button" class="quiet" aria-label="Remove this input" @click=${() => this.input(at, null)}>${icon('close')}</button></div>`)}
      ${this.faults?.inputs ? html`<span class="fault">${this.faults.inputs}</span>` : nothing}
      <button type="button" class="quiet" @click=${() => this.addInput()}>${icon('plus')}Add an input</button></fieldset>`;
  }

  addInput() {
    const names = this.name === 'join' ? ['left', 'right'] : ['rows'];
    this.inputs.push({ name: names[this.inputs.length] || `rows${this.inputs.length + 1}`, task: '' });
    this.app.refresh();
  }

  input(at, change) {
    if (change) {
      Object.assign(this.inputs[at], change);
    } else {
      this.inputs.splice(at, 1);
    }
    this.app.refresh();
  }

  change(name, text) {
    this.typed[name] = text;
    if (this.faults?.[name]) {
      delete this.faults[name];
    }
    this.app.refresh();
  }

  option(name, text) {
    this.options[name] = text;
    if (this.faults?.[name]) {
      delete this.faults[name];
    }
    this.app.refresh();
  }

  speak(language) {
    this.language = language;
    this.app.refresh();
  }

  fill(sample) {
    this.typed = Object.fromEntries(Object.entries(sample).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]));
    this.faults = {};
    this.app.refresh();
  }

  run(event) {
    event.preventDefault();
    const { body, faults } = this.body();
    if (Object.keys(faults).length) {
      this.blame(faults);
      return;
    }
    this.send(body);
  }

  async send(body) {
    this.refused = undefined;
    this.faults = {};
    this.sending = true;
    this.app.refresh();
    try {
      const { task_id: id, warnings = [] } = await post(path('run', this.name), body);
      warnings.forEach(text => this.app.say(text));
      go(href(['run', id]));
    } catch (error) {
      const faults = faultsOf(error);
      const known = new Set([...Object.keys(this.entry().parameters?.properties || {}), 'priority', 'timeout_seconds', 'retries', 'inputs']);
      if (faults) {
        this.blame(faults);
      }
      // What no field can show is shown below them.
      this.refused = faults && Object.keys(faults).every(name => known.has(name)) ? undefined : error;
    }
    this.sending = false;
    this.app.refresh();
  }

  /** Shows what is wrong beside the fields. */
  blame(faults) {
    this.faults = faults;
    this.blamed = true;
    this.app.refresh();
  }

  /** The first field with a fault gets the focus, once. */
  drawn() {
    if (this.blamed) {
      this.blamed = false;
      document.querySelector('.step-form [aria-invalid=true]')?.focus();
    }
  }
}
