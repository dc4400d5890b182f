/* The six accounts of a run date, each as sums that a reader can add up. */
import { html, nothing } from './lit.js';
import { icon, shown } from './parts.js';
import * as f from './format.js';

const MOST_LINES = 60;

/* What stands on either side of the equals sign, by account. */
const EQUATIONS = {
  1: [['read', 'carried_in'], ['matched', 'in_breaks', 'excluded', 'rejected', 'superseded']],
  2: [['combined'], ['matched', 'in_breaks']],
  3: [['src', '-tgt'], ['in_breaks', 'by_tolerance', 'not_compared']],
  4: [['open_previous', 'new', 'reopened', '-closed'], ['open']],
};

const TITLES = {
  1: 'Every row is accounted for',
  2: 'Amounts that came in are matched or in breaks',
  3: 'What differs between the systems is explained',
  4: 'Open breaks follow from the run date before',
  5: 'Every row has exactly one place',
  6: 'Every match holds when checked again',
};

/** Adds decimal texts exactly; null if one of them is no decimal. */
export function add(values) {
  const numbers = values.map(value => /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value)));
  if (numbers.includes(null)) {
    return null;
  }
  const scale = Math.max(0, ...numbers.map(parts => (parts[3] || '').length));
  const sum = numbers.reduce((total, [, sign, whole, fraction = '']) =>
    total + BigInt(sign + whole + fraction.padEnd(scale, '0')), 0n);
  const text = (sum < 0n ? -sum : sum).toString().padStart(scale + 1, '0');
  const sign = sum < 0n ? '-' : '';
  return scale ? `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}` : sign + text;
}

/** The two sides of an account's line: [{name, value, minus}] each, with their sums. */
export function equation(account, line) {
  const sides = EQUATIONS[account];
  if (!sides) {
    return null;
  }
  const [left, right] = sides.map(names => names.map(name => {
    const minus = name.startsWith('-');
    const plain = minus ? name.slice(1) : name;
    return { name: plain, minus, value: line[plain] ?? 0 };
  }));
  const sum = terms => add(terms.map(({ minus, value }) => minus ? negated(value) : value));
  return { left, right, leftSum: sum(left), rightSum: sum(right) };
}

const negated = value => String(value).startsWith('-') ? String(value).slice(1) : `-${value}`;

export function proof(document) {
  return html`<div class="proof">${(document.accounts || []).map(account => html`<article class="account ${account.closes ? 'closes' : 'open'}">
    <header><h3><span class="no">${account.account}</span>${TITLES[account.account] || account.statement}</h3>
      <span class="chip ${account.closes ? 'completed' : 'failed'}">${icon(account.closes ? 'completed' : 'failed')}${account.closes ? 'closes' : 'does not close'}</span></header>
    <p class="muted">${account.statement}</p>
    <div class="scroll-x" tabindex="0" role="group" aria-label=${`Lines of account ${account.account}`}>${lines(account)}</div></article>`)}</div>`;
}

function lines(account) {
  const shownLines = (account.lines || []).slice(0, MOST_LINES);
  const hidden = (account.line_count || 0) - shownLines.length;
  return html`${shownLines.map(line => html`<div class="equation ${line.closes ? '' : 'wrong'}">${about(line)}${sum(account.account, line)}</div>`)}
    ${hidden > 0 ? html`<p class="muted">and ${f.count(hidden)} more lines in proof.json</p>` : nothing}`;
}

function about(line) {
  const group = Object.entries(line.group || {}).map(([, value]) => value);
  return html`<span class="about">${line.side ? html`<b>${line.side.toUpperCase()}</b>` : nothing}${group.map(value => html`<span>${shown(value)}</span>`)}${line.field ? html`<span class="muted">${shown(line.field)}</span>` : nothing}</span>`;
}

function sum(number, line) {
  const found = equation(number, line);
  if (!found) {
    return html`<span class="terms">${Object.entries(line).filter(([name, value]) => name !== 'closes' && typeof value !== 'object')
      .map(([name, value]) => term(name, value, ''))}</span>`;
  }
  const side = terms => terms.map((each, at) => term(each.name, each.value, at === 0 && !each.minus ? '' : each.minus ? '−' : '+'));
  const same = found.leftSum === found.rightSum || add([found.leftSum ?? 0, negated(found.rightSum ?? 0)])?.match(/^-?0+(\.0+)?$/);
  return html`<span class="terms">${side(found.left)}<span class="equals">${same ? '=' : '≠'}</span>${side(found.right)}</span>
    ${found.left.length > 1 ? html`<span class="sum" title="Both sides added up">${f.count(found.leftSum)} ${same ? '=' : '≠'} ${f.count(found.rightSum)}</span>` : nothing}`;
}

function term(name, value, sign) {
  return html`${sign ? html`<span class="sign">${sign}</span>` : nothing}<span class="term"><span class="n">${f.count(value)}</span><span class="l">${f.words(name)}</span></span>`;
}
