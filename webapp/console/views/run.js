/* One run: what ran and when, what it said, what it was given, what it made. */
import { html, nothing, repeat, unchanged } from '../lit.js';
import { ApiError, call, get, optional, page, path, post } from '../api.js';
import { runGraph } from '../graph.js';
import { RunLog } from '../log.js';
import { OutputTable } from '../output.js';
import { ENDED, requestOf, resend } from '../requests.js';
import { snippet } from '../snippets.js';
import { go, goSoon, href } from '../router.js';
import { chip, copy, empty, icon, loading, panel, shown, tabs, verdict, when } from '../parts.js';
import * as f from '../format.js';

export class RunView {
  constructor(app) {
    this.app = app;
    this.clock = setInterval(() => this.tick(), 1000);
  }

  title() {
    return this.task ? `${this.app.stepName(this.task.step_name)}` : 'Run';
  }

  leave() {
    clearInterval(this.clock);
    clearTimeout(this.later);
    this.log?.close();
    this.output?.leave();
  }

  back() {
    return html`<a href="#/tasks">Go to the tasks</a>`;
  }

  async enter([id], query) {
    this.query = query;
    this.error = undefined;
    this.none = false;
    if (!id) {
      await this.newest();
      return;
    }
    if (id !== this.id) {
      this.id = id;
      this.task = undefined;
      this.log?.close();
      this.log = undefined;
      this.request = undefined;
      this.output?.leave();
      this.output = undefined;
      await this.load();
    }
    await this.loadTab();
  }

  /** Without an id: the newest run. */
  async newest() {
    const { items } = await page('tasks', { limit: 1, parent: 'none' });
    if (items.length) {
      go(href(['run', items[0].task_id]), true);
    } else {
      this.none = true;
    }
  }

  async load() {
    const id = this.id;
    const task = await get(path('status', id));
    const [parts, graph] = await Promise.all([
      task.children.length ? page('tasks', { parent: id, limit: 1000 }).then(found => found.items) : [],
      this.graphOf(task),
    ]);
    if (id === this.id) {
      this.task = task;
      this.parts = new Map(parts.map(part => [part.task_id, part]));
      this.graph = graph;
      this.error = undefined;
      this.app.refresh();
    }
  }

  /** The graph that was run; the pipeline of that name, or for a part that of its parent. */
  async graphOf(task) {
    if (this.graph && this.graph.of === task.step_name) {
      return this.graph;
    }
    const isPipeline = task.children.length > 0 || this.app.steps?.catalogue[task.step_name]?.kind === 'pipeline';
    const pipeline = isPipeline ? await optional(get(path('pipelines', task.step_name))) : null;
    return { of: task.step_name, nodes: pipeline?.nodes || [] };
  }

  tab() {
    const asked = this.query.tab;
    const names = this.tabNames().map(([name]) => name);
    if (names.includes(asked)) {
      return asked;
    }
    return this.task.error ? 'error' : this.task.status === 'completed' ? 'output' : 'log';
  }

  tabNames() {
    return [
      ...(this.task.error ? [['error', 'Error']] : []),
      ...(this.task.status === 'completed' ? [['output', 'Output']] : []),
      ['log', 'Log'], ['parameters', 'Parameters'],
    ];
  }

  async loadTab() {
    if (!this.task) {
      return;
    }
    const tab = this.tab();
    if (tab !== 'log') {
      this.log?.deaf();
    }
    if (tab === 'log') {
      this.log ||= new RunLog(this.id, () => {
        this.follow = true;
        this.app.refresh();
      });
      await this.log.open(ENDED.has(this.task.status));
    } else if (tab === 'parameters' && !this.request) {
      const id = this.id;
      const request = await requestOf(id);
      if (id === this.id) {
        this.request = request;
      }
    } else if (tab === 'output') {
      this.output ||= new OutputTable(this.app, this.task.output, this.id);
      await this.output.enter(this.query, query => href(['run', this.id], { ...query, tab: 'output' }));
    }
    this.app.refresh();
  }

  happened(events) {
    if (!this.id) {
      if (this.none && events.some(({ type }) => type === 'task')) {
        this.newest().catch(() => { });
      }
      return;
    }
    for (const { type, data } of events) {
      if (type === 'progress' && data.task_id === this.id && this.task) {
        this.task.progress = data.progress;
        this.task.stage = data.message ?? this.task.stage;
      } else if (type === 'task' && (data.task_id === this.id || data.parent_id === this.id)) {
        this.reload();
      } else if (type === 'removed' && data.task_ids.includes(this.id)) {
        this.reload();
      } else if (type === 'reset' && (this.error || !ENDED.has(this.task?.status))) {
        this.reload();
      }
    }
  }

  reload() {
    this.later ||= setTimeout(async () => {
      this.later = undefined;
      const before = this.task?.status;
      try {
        await this.load();
        if (before !== this.task.status) {
          await this.loadTab();
        }
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 0)) {
          this.error = error;
        }
      }
      this.app.refresh();
    }, document.hidden ? 10_000 : 400);
  }

  /** Counts up; and asks where no events come. */
  tick() {
    if (!this.task || ENDED.has(this.task.status) || document.hidden) {
      return;
    }
    this.seconds = (this.seconds || 0) + 1;
    if (this.app.live.state !== 'live' && this.seconds % 10 === 0) {
      this.reload();
    }
    this.app.refresh();
  }

  nodes() {
    const byNode = new Map(this.task.children.map(child => [child.node || child.step_name, child]));
    const known = this.graph.nodes.length ? this.graph.nodes
      : this.task.children.map(child => ({ id: child.node || child.step_name, step: child.step_name, after: [] }));
    const details = this.task.output?.[`${this.task.step_name}_details`]?.nodes || {};
    return known.map(node => {
      const child = byNode.get(node.id);
      // A resumed run takes over what its predecessor had finished.
      const id = child?.task_id || details[node.id]?.task_id;
      const part = this.parts.get(id);
      return {
        id: node.id, after: [...new Set([...node.after, ...Object.values(node.inputs || {})])],
        name: this.app.stepName(node.step),
        status: part?.status || child?.status || details[node.id]?.status || 'not started',
        href: id ? href(['run', id]) : undefined,
        started: part?.started_at, ended: part?.completed_at,
      };
    });
  }

  render() {
    if (this.none) {
      return html`<div class="page">${empty('Nothing has run yet', 'A run is shown here as soon as there is one.', html`<a class="button" href="#/steps">Run a step</a>`)}</div>`;
    }
    if (!this.task) {
      return loading('Loading the run');
    }
    const task = this.task;
    const tab = this.tab();
    return html`<div class="page">
      <nav class="crumbs" aria-label="Where this is"><a href="#/tasks">Tasks</a>${task.parent_id
        ? html`<a href=${href(['run', task.parent_id])}>the whole run</a>` : nothing}<span aria-current="page">${this.app.stepName(task.step_name)}</span></nav>
      <div class="headline"><h1>${this.app.stepName(task.step_name)}</h1>${chip(task.status)}${verdict(task.output?.verdict)}</div>
      ${this.facts()}
      ${this.actions()}
      ${task.children.length || this.graph.nodes.length ? panel('What ran', html`<div class="scroll-x" tabindex="0" role="group" aria-label="Graph and timeline">${runGraph(this.nodes(), Date.now())}</div>`) : nothing}
      ${tabs('About this run', this.tabNames(), tab, name => href(['run', this.id], { tab: name }))}
      ${this.content(tab)}</div>`;
  }

  facts() {
    const task = this.task;
    const end = task.completed_at ? Date.parse(task.completed_at) : Date.now();
    const details = task.output?.break_rolling_comp_details;
    return html`<dl class="facts">
      <div><dt>Id</dt><dd><code>${task.task_id}</code> <button class="quiet small" aria-label="Copy the id" @click=${() => copy(this.app, task.task_id, 'Id')}>${icon('copy')}</button></dd></div>
      <div><dt>Step</dt><dd><a href=${href(['steps', task.step_name])}>${task.step_name}</a></dd></div>
      <div><dt>Created</dt><dd>${when(task.created_at)}</dd></div>
      <div><dt>Duration</dt><dd>${task.started_at ? f.duration((end - Date.parse(task.started_at)) / 1000) : '–'}</dd></div>
      ${task.attempt > 1 ? html`<div><dt>Attempt</dt><dd>${task.attempt}</dd></div>` : nothing}
      ${task.queue_position ? html`<div><dt>Queue</dt><dd>place ${task.queue_position}</dd></div>` : nothing}
      ${task.output?.count !== undefined ? html`<div><dt>Rows</dt><dd>${f.count(task.output.count)}</dd></div>` : nothing}
      ${details?.control_id ? html`<div><dt>Control</dt><dd><a href=${href(['controls', details.control_id], { date: details.run_date })}>${details.control_id}, ${details.run_date}</a></dd></div>` : nothing}
    </dl>
    ${ENDED.has(task.status) ? nothing : html`<div class="wide-progress"><progress aria-label="Progress" max="100" .value=${task.progress}></progress><span>${task.progress} %${task.stage ? html` · ${shown(task.stage)}` : nothing}</span></div>`}`;
  }

  actions() {
    const may = this.app.may('operator');
    const task = this.task;
    const active = !ENDED.has(task.status);
    const resumable = task.children.length > 0 && (task.status === 'failed' || task.status === 'cancelled');
    const details = task.output?.break_rolling_comp_details;
    return html`<div class="buttons bar-buttons">
      ${details?.open_breaks ? html`<a class="button primary" href=${href(['controls', details.control_id], { date: details.run_date })}>${icon('break')}See its ${f.count(details.open_breaks)} open breaks</a>` : nothing}
      ${active && may ? html`<button class="danger" @click=${() => this.stop()}>${icon('stop')}Stop</button>` : nothing}
      ${resumable && may ? html`<button class="primary" @click=${() => this.resume()}>${icon('resume')}Resume from the failed step</button>` : nothing}
      ${may ? html`<button @click=${() => this.again()}>${icon('again')}Run again</button>
        <a class="button" href=${href(['steps', task.step_name], { from: this.id })}>${icon('steps')}Change and run</a>` : nothing}
      <button @click=${() => this.curl()}>${icon('copy')}Copy as curl</button>
      ${active || !may ? nothing : html`<button class="quiet" @click=${() => this.remove()}>${icon('remove')}Delete</button>`}
      ${may ? nothing : html`<span class="muted">You may look. Stopping, running again and deleting is for operators.</span>`}
    </div>`;
  }

  content(tab) {
    switch (tab) {
      case 'error': return this.failure();
      case 'output': return this.output ? this.output.render() : loading('Loading the output');
      case 'parameters': return this.parameters();
      default: return this.said();
    }
  }

  failure() {
    const failed = this.task.children.filter(child => child.status === 'failed');
    return html`<div class="problem" role="group" aria-label="Error">${icon('warn')}<div><strong>${this.task.status === 'cancelled' ? 'It was stopped' : 'It failed'}</strong>
      <p class="message">${shown(this.task.error, { most: 8000 })}</p>
      ${failed.map(child => html`<p>The step that failed: <a href=${href(['run', child.task_id])}>${this.app.stepName(child.step_name)}</a></p>`)}
      <p class="advice">${this.task.status === 'cancelled' ? 'Run it again when you want the result after all.'
        : failed.length ? 'Mend the cause, then resume: what had finished is not done again.'
          : html`<a href=${href(['run', this.id], { tab: 'log' })}>The log</a> says what it did before. Mend the cause, then run it again, or change what it was given.`}</p></div></div>`;
  }

  parameters() {
    if (!this.request) {
      return loading('Loading the parameters');
    }
    const { body } = this.request;
    const groups = Object.entries(body);
    if (!groups.length) {
      return empty('No parameters', 'It was started with an empty request.');
    }
    return html`<div class="stack">${groups.map(([name, value]) => panel(f.words(name), value && typeof value === 'object'
      ? html`<table class="pairs"><tbody>${Object.entries(value).map(([key, each]) => html`<tr><th scope="row">${shown(key)}</th>
          <td>${name === 'inputs' ? html`<a href=${href(['run', String(each)])}><code>${each}</code></a>`
          : each && typeof each === 'object' ? html`<pre class="code">${f.cut(JSON.stringify(each, null, 2), 20_000).text}</pre>` : shown(each, { most: 2000 })}</td></tr>`)}</tbody></table>`
      : html`<p>${shown(value)}</p>`))}</div>`;
  }

  said() {
    if (!this.log?.loaded) {
      return loading('Loading the log');
    }
    const search = (this.query.find || '').toLowerCase();
    const all = this.log.lines.map((line, at) => [this.log.dropped + at, line]);
    const lines = search ? all.filter(([, line]) => line.toLowerCase().includes(search)) : all;
    return html`<div class="log-tools"><label class="search">${icon('search')}<span class="sr">Search the log</span><input type="search" data-filter placeholder="Search the log  ( / )" .value=${this.query.find || ''} @input=${event => this.find(event)}></label>
      <span class="muted">${search ? `${f.count(lines.length)} of ${f.count(all.length)} lines` : `${f.count(all.length)} lines`}${this.log.dropped ? `, ${f.count(this.log.dropped)} earlier ones not shown` : ''}</span>
      <a class="button quiet" href=${path('logs', this.id)} download=${`${this.id}.log`}>${icon('download')}Whole log</a></div>
      ${lines.length ? html`<pre class="log" tabindex="0" aria-label="Log">${unchanged([this.log.lines, search], () => repeat(lines, ([at]) => at, ([, line]) => html`<span class="line">${shown(line || ' ', { most: 4000 })}</span>`))}</pre>`
    : empty(search ? 'No line has this' : 'It has said nothing', search ? 'Search for something else.' : 'Lines appear here as the step writes them.')}`;
  }

  find(event) {
    const find = event.target.value;
    goSoon(() => href(['run', this.id], { ...this.query, tab: 'log', find }));
  }

  /** A log that is read to its end stays there. */
  drawn() {
    const log = document.querySelector('pre.log');
    if (log && this.follow) {
      this.follow = false;
      if (this.logAtEnd !== false) {
        log.scrollTop = log.scrollHeight;
      }
      log.onscroll = () => {
        this.logAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
      };
    }
  }

  async stop() {
    if (await this.app.ask({ title: 'Stop this run?', content: html`<p>What it has not finished is lost; it can be run again.</p>`, yes: 'Stop', danger: true })) {
      await this.app.attempt(async () => {
        const { status } = await post(path('stop', this.id));
        this.app.say({ cancelled: 'It was stopped.', stopping: 'It was asked to stop.', not_running: 'It had already ended.' }[status] || status);
      });
      this.reload();
    }
  }

  async again() {
    await this.app.attempt(async () => {
      const id = await resend(this.id);
      this.app.say('Started again.');
      go(href(['run', id]));
    });
  }

  async resume() {
    await this.app.attempt(async () => {
      const { task_id: id } = await post(path('run', this.task.step_name), { resume: this.id });
      this.app.say('Resumed: finished steps are not done again.');
      go(href(['run', id]));
    });
  }

  async curl() {
    await this.app.attempt(async () => {
      const { step_name: step, body } = this.request ||= await requestOf(this.id);
      await copy(this.app, snippet('curl', new URL('.', location.href).href, step, body), 'Command');
    });
  }

  async remove() {
    if (await this.app.ask({ title: 'Delete this run?', content: html`<p>Its record, output and log are removed now.</p>`, yes: 'Delete', danger: true })) {
      await this.app.attempt(async () => {
        await call('DELETE', path('tasks', this.id));
        this.app.say('Deleted.');
        go('#/tasks');
      });
    }
  }
}
