/* Starts the console: the frame around the views, keys, dialogs, signing in, the live events. */
import { html, nothing, opened, render } from './lit.js';
import { get, onServer, optional, call } from './api.js';
import { Live } from './live.js';
import { go, href, parse } from './router.js';
import { icon, loading, problem } from './parts.js';
import { TasksView } from './views/tasks.js';
import { RunView } from './views/run.js';
import { ControlsView } from './views/controls.js';
import { BreakView } from './views/break.js';
import { StepsView } from './views/steps.js';
import { ServerView } from './views/server.js';

const VIEWS = [
  ['tasks', 'Tasks', TasksView],
  ['run', 'Run', RunView],
  ['controls', 'Controls', ControlsView],
  ['break', 'Break', BreakView],
  ['steps', 'Steps', StepsView],
  ['server', 'Server', ServerView],
];

const ROLES = ['viewer', 'operator', 'admin'];

class App {
  constructor(root) {
    this.root = root;
    this.session = null;
    this.live = new Live(events => this.happened(events));
    this.stats = null;
    this.messages = [];
    addEventListener('hashchange', () => this.route());
    addEventListener('keydown', event => this.key(event));
    document.addEventListener('click', event => this.click(event));
    document.addEventListener('visibilitychange', () => this.refresh());
    onServer('unauthorized', () => this.signIn());
  }

  async start() {
    this.root.replaceChildren();
    this.route();
    this.refresh();
    await this.loadSession();
    if (!this.wantsSignIn) {
      this.live.start();
      this.loadSteps();
    }
  }

  async loadSession() {
    try {
      this.session = await optional(get('session'));
    } catch {
      this.session = null;
    }
    this.wantsSignIn = Boolean(this.session && !this.session.authenticated && this.session.credentials_required);
    this.refresh();
  }

  /** Display names and what can be run; asked once, and again after a reload of the steps. */
  async loadSteps() {
    try {
      this.steps = await get('steps');
      this.refresh();
    } catch {
      // The view that needs them asks again and says why it cannot.
    }
  }

  stepName(name) {
    return this.steps?.steps[name] || name;
  }

  /** Whether whoever is here may do what needs this role. */
  may(role) {
    if (!this.session) {
      return true;
    }
    const needed = ROLES.indexOf(role);
    return (this.session.roles || []).some(each => ROLES.indexOf(each) >= needed);
  }

  route() {
    const { parts, query } = parse(location.hash);
    const name = parts[0] || 'tasks';
    const known = VIEWS.find(([id]) => id === name);
    if (!known) {
      this.view = null;
      this.name = name;
      this.refresh();
      return;
    }
    if (this.name !== name || !this.view) {
      this.view?.leave?.();
      this.name = name;
      this.view = new known[2](this);
      this.moved = true;
    }
    this.enter(parts.slice(1), query);
  }

  async enter(parts, query) {
    const view = this.view;
    const entry = (this.entry = {});
    try {
      await view.enter(parts, query);
    } catch (error) {
      // Who has gone on by now is not told of what he left.
      if (entry === this.entry && error.name !== 'AbortError') {
        view.error = error;
      }
    }
    this.refresh();
  }

  happened(events) {
    for (const { type, data } of events) {
      if (type === 'stats') {
        this.stats = data;
      }
    }
    try {
      this.view?.happened?.(events);
    } finally {
      this.refresh();
    }
  }

  /** Draws soon; a hidden tab draws when it is seen again. */
  refresh() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  draw() {
    render(this.template(), this.root);
    const title = this.view?.title?.() || VIEWS.find(([id]) => id === this.name)?.[1] || 'Not found';
    document.title = `${title} – ETL API`;
    if (this.moved) {
      this.moved = false;
      scrollTo(0, 0);
    }
    this.view?.drawn?.();
  }

  template() {
    return html`
      <a class="skip" href="#content" @click=${this.skip}>Skip to the content</a>
      <header class="side">
        <a class="brand" href="#/tasks"><img src="console/icon.svg" alt="" width="28" height="28"><span>ETL API</span></a>
        <nav class="main-nav" aria-label="Views">${VIEWS.map(([id, name], index) => html`<a href=${href([id])}
          aria-current=${id === this.name ? 'page' : nothing} title=${`${name} (key ${index + 1})`}>${icon(id)}<span>${name}</span><kbd aria-hidden="true">${index + 1}</kbd></a>`)}</nav>
        <div class="who">${this.connection()}${this.who()}</div>
      </header>
      ${this.live.state === 'away' ? html`<div class="banner" role="alert">${icon('warn')}<span><strong>The server is away.</strong> What you see is as it was. Trying again …</span></div>` : nothing}
      <main id="content" tabindex="-1">${this.content()}</main>
      <div class="messages" role="status" aria-live="polite">${this.messages.map(text => html`<p>${text}</p>`)}</div>
      ${this.dialog()}`;
  }

  content() {
    if (!this.view) {
      return problem(new Error(`There is no view named ${this.name}.`), html`<a href="#/tasks">Go to the tasks</a>`);
    }
    if (this.view.error) {
      return html`<div class="page">${problem(this.view.error, this.view.back?.() || html`<a href="#/tasks">Go to the tasks</a>`)}</div>`;
    }
    return this.view.render() || loading();
  }

  connection() {
    const state = this.live.state;
    const text = { live: 'live', polling: 'polling', away: 'away', connecting: 'connecting' }[state];
    return html`<p class="connection ${state}" title="How the console hears of changes"><span class="dot" aria-hidden="true"></span>${text}</p>`;
  }

  who() {
    const session = this.session;
    if (!session || !session.credentials_required) {
      return nothing;
    }
    return session.authenticated
      ? html`<p class="principal"><span>${session.principal}</span> <span class="muted">${(session.roles || []).at(-1) || ''}</span></p>
        <button class="quiet" @click=${() => this.signOut()}>${icon('sign')}Sign out</button>`
      : html`<button class="quiet" @click=${() => this.signIn()}>${icon('sign')}Sign in</button>`;
  }

  skip(event) {
    event.preventDefault();
    document.getElementById('content').focus();
  }

  // Dialogs

  signIn() {
    if (!this.wantsSignIn) {
      this.wantsSignIn = true;
      this.live.close();
      this.refresh();
    }
  }

  async signOut() {
    await call('DELETE', 'session').catch(error => this.say(error.message));
    location.reload();
  }

  async sendToken(event) {
    event.preventDefault();
    const field = event.target.elements.token;
    this.signInError = undefined;
    this.signingIn = true;
    this.refresh();
    try {
      this.session = await call('POST', 'session', { body: { token: field.value.trim() } });
      field.value = '';
      this.wantsSignIn = false;
      this.live.restart();
      this.loadSteps();
      this.view?.leave?.();
      this.view = null;
      this.route();
    } catch (error) {
      this.signInError = error;
    }
    this.signingIn = false;
    this.refresh();
  }

  /**
   * Asks before something is done.
   *
   * @returns a promise of whether the answer was yes
   */
  ask(question) {
    this.question?.done(false);
    return new Promise(done => {
      this.question = { ...question, done };
      this.refresh();
    });
  }

  answer(yes) {
    const question = this.question;
    this.question = undefined;
    question?.done(yes);
    this.refresh();
  }

  dialog() {
    if (this.wantsSignIn) {
      return html`<dialog class="sheet" ${opened(() => { })} aria-labelledby="sign-title" data-key="sign" @cancel=${event => event.preventDefault()}>
        <form @submit=${event => this.sendToken(event)}>
          <h2 id="sign-title">Sign in</h2>
          <p>This server asks who you are. Paste the token that its administrator gave you; it is exchanged for a cookie and stored nowhere else.</p>
          <label class="field"><span>Token</span><input name="token" type="password" autocomplete="current-password" required autofocus spellcheck="false"></label>
          ${this.signInError ? html`<p class="fault" role="alert">${this.signInError.message}</p>` : nothing}
          <div class="buttons"><button class="primary" ?disabled=${this.signingIn}>Sign in</button></div>
        </form></dialog>`;
    }
    const question = this.question;
    if (!question) {
      return nothing;
    }
    return html`<dialog class="sheet" ${opened(() => this.answer(false))} aria-labelledby="ask-title" data-key="ask">
      <h2 id="ask-title">${question.title}</h2>
      <div>${question.content}</div>
      <div class="buttons">
        ${question.no === '' ? nothing : html`<button @click=${() => this.answer(false)}>${question.no || 'Cancel'}</button>`}
        <button class=${question.danger ? 'danger' : 'primary'} autofocus @click=${() => this.answer(true)}>${question.yes}</button>
      </div></dialog>`;
  }

  /** Says something for a few seconds. */
  say(text) {
    this.messages = [...this.messages, text].slice(-3);
    this.refresh();
    setTimeout(() => {
      this.messages = this.messages.filter(each => each !== text);
      this.refresh();
    }, 6000);
  }

  /** Does what a button says; what is refused is said. */
  async attempt(action) {
    try {
      return await action();
    } catch (error) {
      this.say(error.message);
      return undefined;
    }
  }

  // Keys

  key(event) {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== 'checkbox';
    if (event.ctrlKey || event.metaKey || event.altKey || this.question || this.wantsSignIn) {
      return;
    }
    if (typing) {
      if (event.key === 'Escape') {
        event.target.blur();
      }
      return;
    }
    if (event.key === '/') {
      const field = document.querySelector('[data-filter]');
      if (field) {
        event.preventDefault();
        field.focus();
        field.select?.();
      }
    } else if (/^[1-6]$/.test(event.key)) {
      go(href([VIEWS[Number(event.key) - 1][0]]));
    }
  }

  /** Links that only change how a thing is shown leave no trace in the history. */
  click(event) {
    const link = event.target.closest?.('a[data-replace]');
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      go(link.getAttribute('href'), true);
    }
  }
}


const app = new App(document.getElementById('app'));
app.start();
