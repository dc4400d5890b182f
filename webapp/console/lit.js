/* The parts of lit-html that the console uses, and a directive of its own. */
import { html, svg, render, nothing, noChange } from '../vendor/lit-html/lit-html.js';
import { directive, Directive } from '../vendor/lit-html/directive.js';
import { repeat } from '../vendor/lit-html/directives/repeat.js';

export { html, svg, render, nothing, repeat };

/** Sets CSS properties through the object model, which the policy allows; attributes it does not. */
export const css = directive(class extends Directive {
  render() {
    return noChange;
  }

  update(part, [properties]) {
    for (const [name, value] of Object.entries(properties)) {
      part.element.style.setProperty(name, value);
    }
    return noChange;
  }
});

/** Draws only when one of the keys has changed: for what is long and seldom changes. */
export const unchanged = directive(class extends Directive {
  render(keys, make) {
    if (this.keys?.every((key, at) => key === keys[at])) {
      return noChange;
    }
    this.keys = keys;
    return make();
  }
});

/** Opens the dialog it stands on as soon as that is drawn. */
export const opened = directive(class extends Directive {
  render() {
    return nothing;
  }

  update(part, [closed]) {
    const dialog = part.element;
    if (!dialog.dataset.opened) {
      dialog.dataset.opened = 'true';
      dialog.addEventListener('close', () => closed());
      queueMicrotask(() => dialog.isConnected && dialog.showModal());
    }
    return nothing;
  }
});
