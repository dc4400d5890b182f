/* The rows that a run has made: pages, order, filter, what each column looks like, downloads. */
import { html, nothing, svg } from './lit.js';
import { ApiError, get, path, withQuery } from './api.js';
import { go } from './router.js';
import { arrows, empty, icon, loading, panel, problem, shown } from './parts.js';
import * as f from './format.js';

const LIMIT = 50;
const FORMATS = [['csv', 'CSV'], ['parquet', 'Parquet'], ['xlsx', 'Excel'], ['json', 'JSON']];
const CELL = 120;

export class OutputTable {
  /** @param id of the task that returned the output; a part of it may have made the file */
  constructor(app, output, id) {
    this.app = app;
    this.output = output || {};
    this.task = /[\\/]output[\\/]([0-9a-f-]{36})[\\/]/.exec(this.output.file_info?.file_path || '')?.[1] || id;
    this.profiles = new Map((Array.isArray(this.output.histogram_data) ? this.output.histogram_data : []).map(each => [each.column_name, each]));
  }

  leave() {
    this.asked?.abort();
  }

  /** @param address makes the address of this table with a query */
  async enter(query, address) {
    this.query = query;
    this.address = address;
    const wanted = { offset: Number(query.offset) || 0, limit: LIMIT, sort: query.sort, filter: query.filter };
    if (JSON.stringify(wanted) === this.loaded) {
      return;
    }
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    this.refused = undefined;
    this.lost = false;
    this.busy = true;
    this.app.refresh();
    try {
      if (!this.output.file_info) {
        this.rows = this.preview();
      } else {
        this.rows = await get(`${path('output', this.task)}/rows`, wanted, asked.signal);
        this.paged = true;
      }
      this.loaded = JSON.stringify(wanted);
    } catch (error) {
      if (error.name === 'AbortError') {
        return;
      }
      // Without its file, the first rows still stand in what the step returned.
      this.lost = error instanceof ApiError && [404, 410].includes(error.status);
      this.rows = this.lost ? this.preview() : this.rows;
      this.paged = this.paged && !this.lost;
      this.refused = error;
      this.loaded = undefined;
    }
    this.busy = false;
  }

  /** The first rows, which stand in the output itself. */
  preview() {
    const results = this.output.calculation_results;
    if (!results?.headers) {
      return null;
    }
    return {
      columns: results.headers.map(name => ({ name, type: this.profiles.get(name)?.logical_type || '' })),
      rows: results.table || [], offset: 0, total_rows: results.total_rows, matching_rows: results.total_rows, next_offset: null, preview: true,
    };
  }

  change(change) {
    go(this.address({ ...this.query, offset: undefined, ...change }), true);
  }

  render() {
    return html`<div class="stack">${this.tools()}
      ${this.refused ? problem(this.refused, this.lost ? nothing : html`<a data-replace href=${this.address({})}>Show all rows</a>`) : nothing}
      ${!this.rows && this.busy ? loading('Loading rows') : this.refused && !(this.lost && this.rows) ? nothing : this.table()}
      ${this.details()}</div>`;
  }

  tools() {
    const file = this.output.file_info;
    return html`<div class="log-tools">
      ${this.paged || this.refused && !this.lost ? html`<label class="search">${icon('search')}<span class="sr">Filter the rows</span><input type="search" data-filter placeholder="amount > 100 and status = 'paid'  ( / )" .value=${this.query.filter || ''} spellcheck="false"
        @change=${event => this.change({ filter: event.target.value.trim() })}></label>` : nothing}
      ${this.rows ? html`<span class="muted" role="status">${this.rows.matching_rows !== this.rows.total_rows ? `${f.count(this.rows.matching_rows)} of ` : ''}${f.count(this.rows.total_rows)} rows, ${this.rows.columns.length} columns${file ? `, ${f.bytes(file.file_size_bytes)}` : ''}</span>` : nothing}
      ${this.paged ? html`<span class="downloads"><span class="muted">${icon('download')}Download</span>${FORMATS.map(([format, name]) => html`<a
        href=${withQuery(`${path('output', this.task)}/file`, { format })} download>${name}</a>`)}</span>` : nothing}</div>`;
  }

  table() {
    const rows = this.rows;
    if (!rows || !rows.columns.length) {
      return this.output.file_info ? nothing : empty('It made no rows', 'What it has to say stands below.');
    }
    const [sorted, order] = (this.query.sort || '').split(':');
    return html`<div class="table-wrap data" tabindex="0" role="group" aria-label="Rows"><table class="grid rows" aria-busy=${this.busy ? 'true' : 'false'} @keydown=${arrows}>
      <caption class="sr">Rows of the output</caption>
      <thead><tr>${rows.columns.map(column => html`<th scope="col" aria-sort=${column.name === sorted ? (order === 'desc' ? 'descending' : 'ascending') : nothing}>
        ${rows.preview ? html`<span class="name">${shown(column.name)}</span>` : html`<button class="sort" @click=${() => this.sort(column.name)} title="Sort by this column">${shown(column.name)}<span aria-hidden="true">${column.name === sorted ? (order === 'desc' ? ' ↓' : ' ↑') : ''}</span></button>`}
        <span class="type">${column.type}</span>${this.profile(column.name)}</th>`)}</tr></thead>
      <tbody>${rows.rows.map(row => html`<tr>${row.map((value, at) => html`<td class=${numeric(rows.columns[at]) ? 'number' : ''}>${shown(f.scaled(value, scaleIn(rows.columns[at])), { most: CELL })}</td>`)}</tr>`)}</tbody></table></div>
      ${rows.rows.length ? this.pager() : empty('No row matches', 'Change the filter.', html`<a class="button" data-replace href=${this.address({})}>Show all rows</a>`)}`;
  }

  sort(name) {
    const next = this.query.sort === name ? `${name}:desc` : this.query.sort === `${name}:desc` ? undefined : name;
    this.change({ sort: next });
  }

  pager() {
    const { offset, rows, next_offset: next, matching_rows: matching, preview } = this.rows;
    if (preview) {
      return matching > rows.length ? html`<p class="muted">The first ${rows.length} rows.</p>` : nothing;
    }
    if (offset === 0 && next === null) {
      return nothing;
    }
    return html`<nav class="pager" aria-label="Pages of rows">
      ${offset > 0 ? html`<a class="button" data-replace href=${this.address({ ...this.query, offset: Math.max(0, offset - LIMIT) || undefined })}>${icon('previous')}Previous</a>` : html`<span></span>`}
      <span class="muted">${f.count(offset + 1)}–${f.count(offset + rows.length)} of ${f.count(matching)}</span>
      ${next !== null ? html`<a class="button" data-replace href=${this.address({ ...this.query, offset: next })}>Next${icon('next')}</a>` : html`<span></span>`}</nav>`;
  }

  /** What all values of a column look like: how they spread, how many are null. */
  profile(name) {
    const profile = this.profiles.get(name);
    if (!profile) {
      return nothing;
    }
    const total = Number(profile.total_values) || 0;
    const nulls = Number(profile.null_values) || 0;
    const spread = histogram(profile);
    const { min, max } = profile.summary || {};
    const words = [
      min !== undefined && min !== null ? `${f.count(min)} to ${f.count(max)}` : `${f.count(profile.unique_values)} different`,
      nulls ? `${f.percent(nulls, total)} null` : 'no nulls',
    ];
    return html`<span class="profile">${spread}<span class="range">${words[0]}</span><span class=${nulls ? 'range nulls' : 'range'}>${words[1]}</span></span>`;
  }

  /** What else the step has to say. */
  details() {
    const known = new Set(['calculation_results', 'histogram_data', 'execution_logs', 'run_parameters']);
    const rest = Object.fromEntries(Object.entries(this.output).filter(([name, value]) => !known.has(name) && value !== null));
    return panel('Details', html`<details><summary>All that the step returned beside the rows</summary><pre class="code" tabindex="0">${f.cut(JSON.stringify(rest, null, 2), 50_000).text}</pre></details>`);
  }
}

function numeric(column) {
  return /^(integer|double|decimal|bigint|hugeint|float|number|numeric)/i.test(column?.type || '');
}

/** decimal(18,2) has two digits behind the point in every row. */
function scaleIn(column) {
  return Number(/^decimal\(\d+, ?(\d+)\)/i.exec(column?.type || '')?.[1] || 0);
}

function histogram(profile) {
  const counts = profile.distribution?.bin_counts || profile.top_values?.map(each => each.count);
  if (!counts?.length) {
    return nothing;
  }
  const most = Math.max(...counts, 1);
  const width = 80 / counts.length;
  const words = profile.distribution ? `values in ${counts.length} bins` : `most frequent: ${profile.top_values.slice(0, 3).map(each => `${each.value} (${each.count})`).join(', ')}`;
  return html`<svg class="histogram" viewBox="0 0 80 22" preserveAspectRatio="none" role="img" aria-label=${f.cut(words, 200).text}>${counts.map((each, at) =>
    svg`<rect x=${at * width + 0.5} y=${22 - (20 * each) / most - (each ? 1 : 0)} width=${Math.max(0.5, width - 1)} height=${(20 * each) / most + (each ? 1 : 0)}/>`)}</svg>`;
}
