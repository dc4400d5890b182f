/* What one run says: what it has said so far, then each line as it is said. */
import { path, request, withQuery } from './api.js';

const MOST_LINES = 5000;
const PAGE_CHARS = 60_000;
const RETRY_MILLIS = 10_000;

export class RunLog {
  /** @param changed hears that there are more lines */
  constructor(id, changed) {
    this.id = id;
    this.changed = changed;
    this.lines = [];
    this.dropped = 0;
    this.offset = 0;
    this.ended = false;
    this.seen = () => this.visibility();
    document.addEventListener('visibilitychange', this.seen);
  }

  /**
   * Reads what there is; then listens, unless the run has ended.
   *
   * @param ended whether nothing can follow
   */
  async open(ended) {
    this.ended = ended;
    if (this.source && !ended) {
      return;
    }
    this.deaf();
    await (this.reading ||= this.read().finally(() => {
      this.reading = undefined;
    }));
    this.listen();
  }

  /** Page after page until one is short: the last. */
  async read() {
    let text;
    do {
      const response = await request('GET', path('logs', this.id), { query: { offset: this.offset }, accept: 'text/plain' });
      text = await response.text();
      const lines = text.split('\n');
      if (lines.at(-1) === '') {
        lines.pop();
      }
      this.add(lines, Number(response.headers.get('X-Next-Offset') || 0));
    } while (text.length > PAGE_CHARS && !this.gone);
    this.loaded = true;
  }

  add(lines, offset) {
    const all = [...this.lines, ...lines];
    const over = Math.max(0, all.length - MOST_LINES);
    this.lines = all.slice(over);
    this.dropped += over;
    this.offset = offset;
    this.changed();
  }

  /** A stream of its own, for as long as somebody looks at a log that grows. */
  listen() {
    if (this.source || this.ended || this.gone || document.hidden) {
      return;
    }
    const source = new EventSource(withQuery(path('events', this.id), { log_offset: this.offset }));
    this.source = source;
    source.addEventListener('log', event => {
      const { lines, from, offset } = JSON.parse(event.data);
      if (from === this.offset) {
        this.add(lines, offset);
      } else if (from > this.offset) {
        this.deaf();
        this.open(this.ended).catch(() => this.later());
      }
    });
    source.onerror = () => {
      if (source === this.source) {
        this.deaf();
        this.later();
      }
    };
  }

  later() {
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.open(this.ended).catch(() => this.later()), RETRY_MILLIS);
  }

  deaf() {
    clearTimeout(this.retry);
    this.source?.close();
    this.source = undefined;
  }

  visibility() {
    if (document.hidden) {
      this.deaf();
    } else if (this.loaded && !this.ended) {
      this.open(false).catch(() => this.later());
    }
  }

  /** Nobody looks any more. */
  close() {
    this.gone = true;
    this.deaf();
    document.removeEventListener('visibilitychange', this.seen);
  }
}
