import { equal, finished, test } from './check.js';
import * as f from '../console/format.js';
import { href, parse } from '../console/router.js';
import { layout, line } from '../console/graph.js';
import { add, equation } from '../console/proof.js';
import { kind, read, readAll } from '../console/form.js';
import { python, snippet } from '../console/snippets.js';
import { ControlsView, keyFields, rate } from '../console/views/controls.js';
import { faultsOf, sideFields, tolerances } from '../console/views/break.js';
import { path, withQuery } from '../console/api.js';
import { html, render } from '../console/lit.js';
import { shown } from '../console/parts.js';

test('sizes have three digits at most', () => {
  equal([0, 999, 1000, 1536, 99_400, 999_499, 999_500, 5e9].map(f.bytes),
    ['0 B', '999 B', '1.0 kB', '1.5 kB', '99.4 kB', '999 kB', '1.0 MB', '5.0 GB']);
  equal(f.bytes(undefined), '–');
});

test('durations name their units', () => {
  equal([0, 0.25, 1, 9.94, 9.96, 59, 60, 61, 3600, 3725, 90_000].map(f.duration),
    ['0 ms', '250 ms', '1.0 s', '9.9 s', '10 s', '59 s', '1 min', '1 min 1 s', '1 h', '1 h 2 min', '1 d 1 h']);
  equal(f.duration(null), '–');
});

test('numbers keep every digit', () => {
  equal(f.count('12345678901234567890.1234567'), '12,345,678,901,234,567,890.1234567');
  equal(f.count(-1234.5), '−1,234.5');
  equal(f.count('1e5'), '1e5');
  equal(f.count(null), '–');
});

test('points stand below each other', () => {
  equal(f.scaleOf([3, '-12.34', null, '0.5', 'x']), 2);
  equal(['3', -20, '-12.34', null, '1e5', '0.125'].map(each => f.scaled(each, 2)), ['3.00', '-20.00', '-12.34', null, '1e5', '0.125']);
  equal(f.scaled(7, f.scaleOf([7])), 7, 'whole numbers stay whole');
});

test('a share is not all unless it is', () => {
  equal([f.percent(1, 3), f.percent(9999, 10_000), f.percent(5, 5), f.percent(0, 0)], ['33.3 %', '99.9 %', '100 %', '–']);
});

test('what cannot be seen is named', () => {
  equal(f.segments('a\u202eb\u0000'), [{ text: 'a' }, { mark: 'U+202E', title: 'right-to-left override (U+202E)' }, { text: 'b' }, { mark: 'U+0000', title: 'null character (U+0000)' }]);
  equal(f.segments('\ud83d\ude00'), [{ text: '\ud83d\ude00' }], 'a pair is a character');
  equal(f.segments('x\ud800').map(each => each.mark || each.text), ['x', 'U+D800'], 'half a pair');
  equal(f.segments(' a ', true).map(each => each.mark || each.text), ['·', 'a', '·']);
  equal(f.segments('').length, 0);
});

test('a cut never parts a pair', () => {
  equal(f.cut('ab\ud83d\ude00', 3), { text: 'ab', rest: 2 });
  equal(f.cut('abc', 3), { text: 'abc', rest: 0 });
});

test('an address comes back as it was written', () => {
  const parts = ['controls', 'a/b ?#%', 'ü'];
  const query = { q: 'a&b=c #', date: '2024-01-15' };
  equal(parse(href(parts, query)), { parts, query });
  equal(parse(''), { parts: [], query: {} });
  equal(parse('#/run/%zz'), { parts: ['run', '%zz'], query: {} }, 'an unreadable escape');
  equal(href(['tasks'], { q: '', status: undefined, cursor: null }), '#/tasks');
});

test('ids are encoded in paths and empty values left out of queries', () => {
  equal(path('run', '../x'), 'run/..%2Fx');
  equal(withQuery('tasks', { q: 'a b', status: '' }), 'tasks?q=a+b');
});

test('a chain is one lane, branches get their own, and meet again', () => {
  const node = (id, ...after) => ({ id, after });
  const chain = layout([node('a'), node('b', 'a'), node('c', 'b')]);
  equal([chain.lanes, chain.places.map(place => place.lane)], [1, [0, 0, 0]]);
  const diamond = layout([node('a'), node('b', 'a'), node('c', 'b'), node('d', 'a'), node('e', 'd'), node('z', 'c', 'e')]);
  equal(diamond.lanes, 2);
  equal(diamond.places.map(place => place.lane), [0, 0, 0, 1, 1, 0]);
  equal(diamond.edges.length, 6);
  equal(layout([]).lanes, 1);
});

test('a line within a lane is straight', () => {
  equal(/^M\d+ \d+V\d+$/.test(line({ lane: 0, row: 0 }, { lane: 0, row: 2 })), true);
  equal(line({ lane: 0, row: 0 }, { lane: 1, row: 2 }).includes('C'), true);
});

test('decimals add up exactly', () => {
  equal(add(['0.1', '0.2']), '0.3');
  equal(add(['99999999999999999999.99', '0.01']), '100000000000000000000.00');
  equal(add(['-12.39', 12.38]), '-0.01');
  equal(add(['x', 1]), null);
});

test('an account shows both of its sides', () => {
  const sum = equation(3, { src: '168.50', tgt: '165.50', in_breaks: '3.00', by_tolerance: '0.00', not_compared: '0.00' });
  equal([sum.leftSum, sum.rightSum], ['3.00', '3.00']);
  const open = equation(4, { open_previous: 3, new: 0, reopened: 1, closed: 0, open: 4 });
  equal([open.leftSum, open.rightSum], ['4', '4']);
  equal(equation(5, {}), null);
});

test('a form asks by type and reads what was typed', () => {
  equal([{ type: 'string' }, { type: ['integer', 'null'] }, { type: 'boolean' }, { enum: ['a'] }, { type: 'array' }, { type: ['string', 'array'] }].map(kind),
    ['text', 'number', 'boolean', 'choice', 'json', 'text']);
  equal(read({ type: 'integer' }, '7'), { value: 7 });
  equal(read({ type: 'integer' }, '12345678901234567890'), { value: '12345678901234567890' }, 'no digit is lost');
  equal(read({ type: 'integer' }, 'seven'), { value: 'seven' }, 'the server says what is wrong');
  equal(read({ type: 'boolean' }, 'false'), { value: false });
  equal(read({ type: 'string' }, ''), {});
  equal(['["a"]', '[a', 'a,b'].map(text => read({ type: ['string', 'array'] }, text).value), [['a'], '[a', 'a,b']);
  equal(Object.keys(read({ type: 'object' }, '{')), ['fault']);
  equal(readAll({ properties: { a: { type: 'integer' }, b: { type: 'object' } } }, { a: '1', b: '[' }).values, { a: 1 });
});

test('requests are written so that nothing in them is a command', () => {
  const body = { parameters: { condition: "it's; $(rm) `x`" } };
  const curl = snippet('curl', 'http://h/', 'filter', body);
  equal(curl.includes("it'\\''s; $(rm) `x`"), true, curl);
  equal(python({ a: [true, null, 1.5], 'b"': 'x' }), '{\n    "a": [\n        True,\n        None,\n        1.5\n    ],\n    "b\\"": "x"\n}');
  equal(snippet('javascript', 'http://h/c/', 'a b', {}).includes('"http://h/c/run/a%20b"'), true);
});

test('faults are found by the field they are about', () => {
  equal(faultsOf({ problem: { errors: [{ pointer: '/parameters/skip_rows', detail: 'no' }] } }), { skip_rows: 'no' });
  equal(faultsOf({ problem: {} }), undefined);
});

test('keys stand without a side, fields with both', () => {
  const found = { break_id: 'x', category: 'VALUE', ref: 'P1', ccy: 'EUR', src_ref: 'P1', tgt_ref: 'P1', diff_amount: 1, src_file: 'f', src_line: 1, history: [], actions: [] };
  equal(keyFields(found), ['ref', 'ccy']);
  equal(sideFields(found), ['ref']);
});

test('what passes allow is said once, with their names', () => {
  const failing = (pass, kind, allowed) => ({ pass, failed: [{ field: 'other', kind: 'exact', allowed: 0 }, { field: 'amount', kind, allowed }] });
  equal(tolerances([failing('exact', 'exact', 0), failing('rounding', 'absolute', '0.01'), failing('late', 'absolute', 0), failing('share', 'percent', '0.01'), failing('slow', 'days', '3'), { pass: 'split', reason: 'no group' }], 'amount'),
    [{ allowed: 'exact', passes: ['exact', 'late'] }, { allowed: '±0.01', passes: ['rounding', 'share'] }, { allowed: '±3 days', passes: ['slow'] }]);
  equal(tolerances(undefined, 'amount'), []);
});

test('the match rate is of what is in scope', () => {
  equal(rate({ sides: { src: { matched: 9, in_breaks: 1 }, tgt: { matched: 9, in_breaks: 1 } } }), 90);
  equal(rate({}), null);
});

test('a control that is being loaded is drawn as nothing else', async () => {
  const real = window.fetch;
  const asked = [];
  const answers = new Map();
  window.fetch = (address, options) => !address.startsWith('controls') ? real(address, options) : new Promise(done => {
    asked.push(address);
    answers.set(address, body => done(new Response(JSON.stringify(body), { headers: { 'Content-Type': 'application/json' } })));
  });
  const answered = async (address, body) => {
    while (!answers.has(address)) {
      await new Promise(done => setTimeout(done));
    }
    answers.get(address)(body);
    answers.delete(address);
  };
  const view = new ControlsView({ refresh() { } });
  const drawn = () => {
    const host = document.createElement('div');
    render(view.render(), host);
    return host.textContent;
  };
  try {
    const all = view.enter([], {});
    await answered('controls', []);
    await all;
    equal(drawn().includes('No control has run yet'), true, drawn());
    const one = view.enter(['payments'], {});
    equal(drawn().includes('Loading'), true, drawn());
    // Back before it has come, and then its answer comes late.
    const back = view.enter([], {});
    await answered('controls/payments/runs', []);
    await one;
    equal(drawn().includes('Loading'), true, drawn());
    await answered('controls', []);
    await back;
    equal(drawn().includes('No control has run yet'), true, drawn());
  } finally {
    window.fetch = real;
    view.leave();
  }
  equal(asked, ['controls', 'controls/payments/runs', 'controls']);
});

test('a value is never markup', () => {
  const host = document.createElement('div');
  render(html`<p title=${'"><img src=x onerror=alert(1)>'}>${shown('<img src=x onerror=alert(1)>\u202e')}</p>`, host);
  equal(host.querySelectorAll('img').length, 0);
  equal(host.textContent.includes('<img src=x onerror=alert(1)>U+202E'), true, host.textContent);
  render(shown('x'.repeat(1_000_000)), host);
  equal(host.textContent.length < 400, true, 'a long value is cut');
});

finished().then(results => {
  window.testResults = results;
});
