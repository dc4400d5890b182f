/* The server: what it has, what it does, how it is set. */
import { html, nothing } from '../lit.js';
import { ApiError, get, optional, post, request } from '../api.js';
import { bar, icon, loading, panel, shown, tile, tiles } from '../parts.js';
import * as f from '../format.js';

const EVERY_SECONDS = 30;

export class ServerView {
  constructor(app) {
    this.app = app;
    this.clock = setInterval(() => this.tick(), 1000);
  }

  title() {
    return 'Server';
  }

  leave() {
    clearInterval(this.clock);
  }

  async enter() {
    if (!this.loaded) {
      await this.load();
    }
  }

  async load() {
    const [server, stats, health, schedule] = await Promise.all([
      optional(get('server')).catch(error => {
        if (error.status === 403) {
          return null;
        }
        throw error;
      }),
      get('stats'),
      get('health').catch(error => {
        if (error instanceof ApiError && error.status === 503) {
          return error.problem;
        }
        throw error;
      }),
      optional(get('cleanup/schedule')),
    ]);
    Object.assign(this, { server, stats, health, schedule, loaded: true });
    this.app.refresh();
  }

  /** The counts come with events; the rest is one request. */
  async look() {
    this.server = await get('server');
    this.app.refresh();
  }

  /** Figures that no event brings are asked for now and then, while somebody looks. */
  tick() {
    this.seconds = (this.seconds || 0) + 1;
    if (!document.hidden && this.seconds % EVERY_SECONDS === 0) {
      (this.server ? this.look() : this.load()).catch(() => { });
    }
  }

  happened(events) {
    for (const { type, data } of events) {
      if (type === 'stats' && this.stats) {
        this.stats = { ...this.stats, ...data };
      } else if (type === 'reset') {
        this.load().catch(() => { });
      }
    }
  }

  render() {
    if (!this.loaded) {
      return loading('Asking the server');
    }
    const stats = this.stats;
    const server = this.server || {};
    const reasons = server.health?.reasons?.length ? server.health.reasons : this.health?.reasons || [];
    const well = reasons.length === 0 && ['healthy', 'UP', undefined].includes(server.health?.status ?? this.health?.status);
    const storage = server.storage || {};
    const memory = server.memory || {};
    const free = storage.free_bytes ?? stats.free_bytes;
    return html`<div class="page"><div class="headline"><h1>Server</h1><span class="chip ${well ? 'completed' : 'failed'}">${icon(well ? 'completed' : 'failed')}${well ? 'healthy' : 'unhealthy'}</span>
      ${server.queue?.paused ? html`<span class="chip pending">${icon('warn')}intake paused</span>` : nothing}</div>
      ${reasons.length ? html`<ul class="reasons">${reasons.map(reason => html`<li>${shown(reason, { most: 600 })}</li>`)}</ul>` : nothing}
      ${tiles([
      tile('up for', f.duration(server.uptime_seconds ?? stats.uptime_seconds), server.started_at ? html`since ${f.time(server.started_at)}` : nothing),
      tile('running', f.count(stats.running_tasks), `of ${stats.max_concurrent_tasks}`, 'running'),
      tile('waiting', f.count(stats.queued_tasks), `room for ${f.count(stats.queue_capacity)}`, 'pending'),
      tile('tasks kept', f.count(storage.tasks ?? stats.total_tasks), `${stats.task_ttl_hours} h each`),
      tile('free disk', f.bytes(free)),
      tile('heap', f.bytes(memory.heap_used ?? stats.memory_used_bytes), `of ${f.bytes(memory.heap_max ?? stats.memory_max_bytes)}`),
    ])}
      ${this.actions()}
      <div class="pair"><div class="stack">
        ${panel('Storage', pairs([
      ['folder', html`<code>${shown(storage.directory ?? stats.storage_directory)}</code>`],
      ['used', f.bytes(storage.bytes ?? stats.storage_bytes)],
      ['outputs', storage.outputs_bytes === undefined ? undefined : f.bytes(storage.outputs_bytes)],
      ['free', f.bytes(free)],
      ['next clean-up', this.schedule?.schedule?.next_run ? html`${f.time(this.schedule.schedule.next_run)}` : undefined],
    ]))}
        ${server.version ? panel('Versions', pairs([['ETL API', server.version], ['build', server.build], ['Java', server.java], ['server', server.server], ['system', server.os]])) : nothing}</div>
        ${panel('Engine and memory', pairs([
      ['engine', server.engine?.version ? `DuckDB ${server.engine.version}` : undefined],
      ['engine threads', `${(server.engine?.in_use ?? stats.engine_threads - stats.engine_threads_free)} of ${server.engine?.permits ?? stats.engine_threads} in use`],
      ['waiting for the engine', server.engine?.waiting],
      ['engine memory', bytesOf(server.engine?.memory_limit)],
      ['heap', html`${bar(memory.heap_used ?? stats.memory_used_bytes, memory.heap_max ?? stats.memory_max_bytes)} ${f.bytes(memory.heap_used ?? stats.memory_used_bytes)}`],
      ['resident', bytesOf(memory.rss)],
      ['threads', server.threads ? `${server.threads.live}, at most ${server.threads.peak}` : undefined],
      ['cache', server.cache ? `${f.count(server.cache.entries)} records; ${f.percent(server.cache.hits, server.cache.hits + server.cache.misses)} of reads from it` : undefined],
    ]))}</div>
      ${this.stepFigures(server.steps)}
      ${this.configuration(server.configuration)}
      ${this.server ? nothing : html`<p class="muted">Configuration and versions are for administrators, or this server does not tell them.</p>`}</div>`;
  }

  actions() {
    const admin = this.app.may('admin');
    const paused = this.server?.queue?.paused;
    return html`<div class="buttons bar-buttons">
      ${this.server && admin ? html`<a class="button" href="server/diagnostics" download>${icon('download')}Diagnostics</a>
        <button @click=${() => this.intake(!paused)}>${icon(paused ? 'running' : 'stop')}${paused ? 'Take work again' : 'Pause the intake'}</button>` : nothing}
      ${this.app.may('operator') ? html`<button @click=${() => this.cleanUp()}>${icon('remove')}Clean up now</button>` : nothing}
      ${admin ? html`<button @click=${() => this.reloadSteps()}>${icon('again')}Read own steps again</button>`
    : html`<span class="muted">Diagnostics, pausing the intake and reading own steps again is for administrators.</span>`}</div>`;
  }

  stepFigures(steps) {
    return steps?.length ? panel('Steps since the start', html`<div class="scroll-x" tabindex="0" role="group" aria-label="Figures of the steps"><table class="grid"><thead><tr><th scope="col">Step</th><th scope="col" class="number">Runs</th><th scope="col" class="number">Failed</th><th scope="col" class="number">Median</th><th scope="col" class="number">95 %</th><th scope="col" class="number">99 %</th></tr></thead>
      <tbody>${steps.map(step => html`<tr><td>${this.app.stepName(step.name)}</td><td class="number">${f.count(step.runs)}</td><td class="number">${f.count(step.failed)}</td>${[step.p50_ms, step.p95_ms, step.p99_ms].map(ms => html`<td class="number">${ms === null || ms === undefined ? '–' : f.duration(ms / 1000)}</td>`)}</tr>`)}</tbody></table></div>`) : nothing;
  }

  configuration(entries) {
    return entries?.length ? panel('Configuration', html`<div class="scroll-x" tabindex="0" role="group" aria-label="Configuration"><table class="grid config"><thead><tr><th scope="col">Key</th><th scope="col">Value</th><th scope="col">From</th><th scope="col" class="opt">Default</th></tr></thead>
      <tbody>${entries.map(entry => html`<tr><td><code>${entry.key}</code></td><td>${shown(entry.value)}</td><td>${shown(entry.source)}</td><td class="opt muted">${entry.default === null || entry.default === undefined ? '–' : shown(entry.default)}</td></tr>`)}</tbody></table></div>`) : nothing;
  }

  async intake(pause) {
    if (pause && !await this.app.ask({ title: 'Pause the intake?', content: html`<p>New runs are refused until it is resumed. What waits and runs goes on.</p>`, yes: 'Pause', danger: true })) {
      return;
    }
    await this.app.attempt(async () => {
      await post(pause ? 'intake/pause' : 'intake/resume');
      await this.load();
    });
  }

  async cleanUp() {
    if (await this.app.ask({ title: 'Clean up now?', content: html`<p>Finished tasks older than ${this.stats.task_ttl_hours} hours are removed with their outputs.</p>`, yes: 'Clean up', danger: true })) {
      await this.app.attempt(async () => {
        const { message } = await post('cleanup/now');
        this.app.say(message);
        await this.load();
      });
    }
  }

  async reloadSteps() {
    await this.app.attempt(async () => {
      await request('POST', 'steps/reload');
      await this.app.loadSteps();
      this.app.say('The folder of own steps was read again.');
    });
  }
}

function pairs(entries) {
  return html`<table class="pairs"><tbody>${entries.filter(([, value]) => value !== undefined && value !== null).map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</tbody></table>`;
}

function bytesOf(value) {
  return value === undefined || value === null ? undefined : typeof value === 'number' ? f.bytes(value) : value;
}
