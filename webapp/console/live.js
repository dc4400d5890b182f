/*
 * What happens on the server, as it happens: one event stream for the whole console. Where there is
 * none it asks slowly instead. Hidden tabs hear less often, and give their connection back.
 */
import { get, onServer, ApiError } from './api.js';

const POLL_SECONDS = 10;
const HIDDEN_POLL_SECONDS = 60;
const HIDDEN_GRACE_SECONDS = 60;
const VISIBLE_MILLIS = 200;
const HIDDEN_MILLIS = 10_000;
const NAMES = ['hello', 'task', 'progress', 'stats', 'log', 'removed', 'reset'];

export class Live {
  /**
   * @param listener takes an array of {type, data}; type 'reset' says: load again, 'state' that
   *     the connection has changed
   */
  constructor(listener) {
    this.listener = listener;
    this.state = 'connecting';
    this.waiting = [];
    this.curious = new Set();
    this.lastId = '';
    this.delay = 1;
    this.streams = true;
    document.addEventListener('visibilitychange', () => this.visibility());
    onServer('away', () => this.away());
    onServer('back', () => this.answered());
  }

  start() {
    this.connect();
  }

  /** Connects anew, as after signing in. */
  restart() {
    this.close();
    this.streams = true;
    this.delay = 1;
    this.connect();
  }

  connect() {
    clearTimeout(this.retry);
    if (!this.streams) {
      this.poll();
      return;
    }
    const address = this.lastId ? `events?last_event_id=${encodeURIComponent(this.lastId)}` : 'events';
    const source = new EventSource(address);
    this.source = source;
    for (const name of NAMES) {
      source.addEventListener(name, event => this.heard(name, event));
    }
    source.onerror = () => this.broken(source);
  }

  heard(type, event) {
    this.lastId = event.lastEventId || this.lastId;
    let data;
    try {
      data = JSON.parse(event.data || '{}');
    } catch {
      return;
    }
    if (type === 'hello') {
      this.delay = 1;
      const booted = this.boot && this.boot !== data.boot;
      this.boot = data.boot;
      this.become('live');
      if (booted) {
        this.put({ type: 'reset', data });
      }
    }
    this.put({ type, data });
  }

  /** A stream that ended: the server may be gone, have no streams, or want a sign-in. */
  async broken(source) {
    if (source !== this.source) {
      return;
    }
    this.close();
    try {
      await get('stats');
      // It answers: either this was a hiccup, or there is no stream to be had.
      this.failures = (this.failures || 0) + 1;
      this.streams = this.failures < 3 || this.boot !== undefined;
      this.again(this.streams ? 1 : POLL_SECONDS);
      this.become(this.streams ? this.state : 'polling');
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        // Nothing more to ask before somebody has signed in, which restarts this.
        return;
      }
      if (error instanceof ApiError && error.status !== 0) {
        this.become('polling');
      }
      this.again();
    }
  }

  again(seconds = this.delay) {
    clearTimeout(this.retry);
    this.delay = Math.min(10, this.delay * 2);
    this.retry = setTimeout(() => this.connect(), seconds * 1000);
  }

  /** Without a stream: everything is loaded again now and then. */
  async poll() {
    try {
      this.put({ type: 'stats', data: await get('stats') });
      this.become('polling');
      this.put({ type: 'reset', data: {} });
      this.again(document.hidden ? HIDDEN_POLL_SECONDS : POLL_SECONDS);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 401)) {
        this.again();
      }
    }
  }

  away() {
    if (this.state !== 'away') {
      this.close();
      this.become('away');
      this.delay = 1;
      this.again();
    }
  }

  /** Any answer says that the server is back. */
  answered() {
    if (this.state === 'away') {
      this.become('connecting');
      this.put({ type: 'reset', data: {} });
      this.again(0);
    }
  }

  close() {
    clearTimeout(this.retry);
    this.source?.close();
    this.source = undefined;
  }

  visibility() {
    clearTimeout(this.leave);
    if (document.hidden) {
      // Browsers allow six connections to a server: one that nobody looks at should not hold any.
      this.leave = setTimeout(() => {
        this.close();
        this.asleep = true;
      }, HIDDEN_GRACE_SECONDS * 1000);
      return;
    }
    if (this.asleep) {
      this.asleep = false;
      this.connect();
    }
    this.flush();
  }

  become(state) {
    if (state !== this.state) {
      this.state = state;
      this.put({ type: 'state', data: state });
    }
  }

  put(event) {
    this.waiting.push(event);
    if (!this.timer) {
      this.timer = setTimeout(() => this.flush(), document.hidden ? HIDDEN_MILLIS : VISIBLE_MILLIS);
    }
  }

  /** Resolves with the next change of a run or of its parts; at the latest when a poll is due. */
  news(id) {
    return new Promise(done => {
      const each = { id, done: () => {
        clearTimeout(timer);
        this.curious.delete(each);
        done();
      } };
      const timer = setTimeout(() => each.done(), this.state === 'live' ? POLL_SECONDS * 1000 : 1000);
      this.curious.add(each);
    });
  }

  flush() {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.length) {
      const events = this.waiting;
      this.waiting = [];
      for (const each of [...this.curious]) {
        if (events.some(({ type, data }) => type === 'reset' || type === 'task' && (data.task_id === each.id || data.parent_id === each.id))) {
          each.done();
        }
      }
      this.listener(events);
    }
  }
}
