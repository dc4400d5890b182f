/* The components that all views are made of. */
import { html, nothing, svg } from './lit.js';
import { ApiError } from './api.js';
import * as f from './format.js';

const MOST_SHOWN = 200;

/** A value from data, harmless: what cannot be seen is marked, what is long is cut. */
export function shown(value, { most = MOST_SHOWN, spaces = false } = {}) {
  if (value === null || value === undefined) {
    return html`<span class="void">null</span>`;
  }
  if (value === '') {
    return html`<span class="void">empty</span>`;
  }
  const { text, rest } = f.cut(f.plain(value), most);
  return html`<bdi class="value">${f.segments(text, spaces).map(part => part.mark
    ? html`<span class=${part.blank ? 'mark blank' : 'mark'} title=${part.title}>${part.mark}</span>`
    : part.text)}</bdi>${rest
    ? html`<span class="void"> … ${f.count(rest)} more characters</span>` : nothing}`;
}

const PATHS = {
  tasks: 'M4 6h16M4 12h16M4 18h10',
  run: 'M6 4v16M6 8h7a4 4 0 0 1 4 4v4M17 16a2 2 0 1 0 0 4 2 2 0 0 0 0-4',
  controls: 'M12 3l8 4v5c0 5-3.4 8-8 9-4.6-1-8-4-8-9V7zM8.5 12l2.5 2.5L15.5 10',
  break: 'M9 4H5v16h4M15 4h4v16h-4M9.5 9l5 6M14.5 9l-5 6',
  steps: 'M4 5h7v6H4zM13 13h7v6h-7zM7.5 11v5H13',
  server: 'M4 5h16v6H4zM4 13h16v6H4zM8 8h.01M8 16h.01',
  completed: 'M5 12.5l4.5 4.5L19 7.5',
  failed: 'M7 7l10 10M17 7L7 17',
  running: 'M8 5.5v13l10-6.5z',
  pending: 'M12 7v5l3.5 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18',
  cancelled: 'M6 12h12',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l4.5 4.5',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  download: 'M12 4v11M7.5 11l4.5 4.5L16.5 11M5 20h14',
  again: 'M19 12a7 7 0 1 1-2.2-5.1M19 4v4h-4',
  stop: 'M7 7h10v10H7z',
  next: 'M9 5l7 7-7 7',
  previous: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12M18 6L6 18',
  remove: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  resume: 'M5 5v14M9 5.5v13l10-6.5z',
  sign: 'M14 4h5v16h-5M4 12h10M10.5 8.5L14 12l-3.5 3.5',
  plus: 'M12 5v14M5 12h14',
  warn: 'M12 4l9 16H3zM12 10v4M12 17h.01',
};

/** A drawn sign; decoration only, words say the same. */
export function icon(name, className = 'icon') {
  return html`<svg class=${className} viewBox="0 0 24 24" aria-hidden="true" focusable="false">${svg`<path d=${PATHS[name] || ''}/>`}</svg>`;
}

/** Which state a verdict looks like. */
export const VERDICTS = { CLEAN: 'completed', BREAKS: 'pending', CONTROL_FAILED: 'failed' };

/** A state as a sign, a word and a colour. */
export function chip(status) {
  const known = PATHS[status] ? status : 'cancelled';
  return html`<span class="chip ${known}">${icon(known)}${status === 'pending' ? 'waiting' : status}</span>`;
}

/** The verdict of a control. */
export function verdict(word) {
  if (!word) {
    return nothing;
  }
  const kind = VERDICTS[word] || 'cancelled';
  return html`<span class="chip ${kind}">${icon(kind === 'pending' ? 'warn' : kind)}${f.words(word)}</span>`;
}

/** A tag without a meaning of good or bad. */
export function tag(text, title = '') {
  return html`<span class="tag" title=${title}>${text}</span>`;
}

/** A point in time: how long ago, exactly on demand. */
export function when(iso) {
  return iso ? html`<time datetime=${iso} title=${f.time(iso)}>${f.ago(iso)}</time>` : html`<span class="void">–</span>`;
}

/** A figure with its name. */
export function tile(name, value, note = nothing, kind = '') {
  return html`<div class="tile ${kind}"><dt>${name}</dt><dd>${value}</dd>${note === nothing ? nothing : html`<dd class="note">${note}</dd>`}</div>`;
}

export function tiles(items) {
  return html`<dl class="tiles">${items}</dl>`;
}

/** A section with a heading. */
export function panel(title, content, { actions = nothing, id = '', className = '' } = {}) {
  return html`<section class="panel ${className}" id=${id || nothing} aria-label=${title}>
    <header class="panel-head"><h2>${title}</h2>${actions === nothing ? nothing : html`<div class="actions">${actions}</div>`}</header>
    ${content}</section>`;
}

/** Nothing to show, why, and what to do. */
export function empty(title, text, action = nothing) {
  return html`<div class="empty"><h2>${title}</h2><p>${text}</p>${action}</div>`;
}

export function loading(what = 'Loading') {
  return html`<p class="loading" role="status"><span class="spinner" aria-hidden="true"></span>${what} …</p>`;
}

const ADVICE = {
  0: 'The console tries again by itself.',
  401: 'Sign in to go on.',
  403: 'Somebody with the role it names can do this.',
  404: 'It may have expired: finished tasks are removed after a while.',
  409: 'Look at its state now and try again.',
  410: 'Run it again to have all of it back.',
  429: 'The queue is full. Try again in a moment.',
  503: 'Try again in a moment.',
};

/** What went wrong, in a sentence, with what to do and the way back. */
export function problem(error, back = nothing) {
  const status = error instanceof ApiError ? error.status : undefined;
  const document = error instanceof ApiError ? error.problem : {};
  const errors = Array.isArray(document.errors) ? document.errors : [];
  return html`<div class="problem" role="alert">${icon('warn')}<div>
    <strong>${document.title || 'This did not work'}</strong>
    <p>${shown(error.message, { most: 2000 })}</p>
    ${errors.length > 1 ? html`<ul>${errors.map(each => html`<li>${shown(each.detail, { most: 600 })}</li>`)}</ul>` : nothing}
    ${ADVICE[status] ? html`<p class="advice">${ADVICE[status]}</p>` : nothing}
    ${back === nothing ? nothing : html`<p>${back}</p>`}</div></div>`;
}

/** Copies a text and says so. */
export async function copy(app, text, what) {
  try {
    await navigator.clipboard.writeText(text);
    app.say(`${what} copied`);
  } catch {
    // Without a secure context there is no clipboard; the text can be copied by hand.
    app.ask({ title: `Copy ${what.toLowerCase()}`, content: html`<pre class="code" tabindex="0">${text}</pre>`, yes: 'Done', no: '' });
  }
}

/** A horizontal bar for a share of a whole; the number stands beside it. */
export function bar(value, whole, kind = '') {
  const width = whole > 0 ? Math.max(0, Math.min(100, (100 * value) / whole)) : 0;
  return html`<svg class="bar ${kind}" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">${svg`<rect class="track" width="100" height="6"/><rect class="fill" width=${width} height="6"/>`}</svg>`;
}

/** Tabs whose choice lies in the address. */
export function tabs(label, items, chosen, address) {
  return html`<nav class="tabs" aria-label=${label}>${items.map(([id, name]) => html`<a href=${address(id)}
    class=${id === chosen ? 'on' : ''} aria-current=${id === chosen ? 'true' : nothing} data-replace>${name}</a>`)}</nav>`;
}

/** Moves the focus between the rows of a table with the arrow keys. */
export function arrows(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const edge = { Home: 0, End: -1 }[event.key];
  if ((step === undefined && edge === undefined) || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== 'checkbox') {
    return;
  }
  const links = [...event.currentTarget.querySelectorAll('tbody a.row')];
  const row = event.target.closest('tr');
  const at = links.findIndex(link => link.closest('tr') === row);
  const to = edge === undefined ? links[at < 0 ? 0 : at + step] : links.at(edge);
  if (to) {
    event.preventDefault();
    to.focus();
  }
}
