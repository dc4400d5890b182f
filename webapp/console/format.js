/* Turns values into texts for people. No DOM in here. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** 1536 → "1.5 kB"; decimal units. */
export function bytes(count) {
  if (!Number.isFinite(count)) {
    return '–';
  }
  let value = Math.abs(count);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.5 ? 0 : 1;
  return `${count < 0 ? '−' : ''}${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** 3725.4 → "1 h 2 min"; below ten seconds with a decimal. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(Number(seconds))) {
    return '–';
  }
  const total = Math.max(0, Number(seconds));
  if (total < 1) {
    return `${Math.round(total * 1000)} ms`;
  }
  if (total < 9.95) {
    return `${total.toFixed(1)} s`;
  }
  const whole = Math.round(total);
  if (whole < 60) {
    return `${whole} s`;
  }
  if (whole < 3600) {
    return two(Math.floor(whole / 60), 'min', whole % 60, 's');
  }
  if (whole < 86400) {
    return two(Math.floor(whole / 3600), 'h', Math.floor((whole % 3600) / 60), 'min');
  }
  return two(Math.floor(whole / 86400), 'd', Math.floor((whole % 86400) / 3600), 'h');
}

function two(large, largeUnit, small, smallUnit) {
  return small ? `${large} ${largeUnit} ${small} ${smallUnit}` : `${large} ${largeUnit}`;
}

/** How long ago, in the largest unit. */
export function ago(iso, now = Date.now()) {
  if (!iso) {
    return '–';
  }
  const seconds = (now - Date.parse(iso)) / 1000;
  if (Number.isNaN(seconds)) {
    return String(iso);
  }
  if (seconds < 5) {
    return 'just now';
  }
  if (seconds < 60) {
    return `${Math.floor(seconds)} s ago`;
  }
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)} min ago`;
  }
  if (seconds < 86400) {
    return `${Math.floor(seconds / 3600)} h ago`;
  }
  return `${Math.floor(seconds / 86400)} d ago`;
}

/** "2024-01-15 08:30:00" in the reader's time zone. */
export function time(iso) {
  if (!iso) {
    return '–';
  }
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) {
    return String(iso);
  }
  const pad = number => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} `
    + `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

/** 1234567 → "1,234,567"; texts of digits keep every one of them. */
export function count(value) {
  if (value === null || value === undefined || value === '') {
    return '–';
  }
  const text = String(value);
  const parts = /^(-?)(\d+)(\.\d+)?$/.exec(text);
  return parts ? parts[1].replace('-', '−') + parts[2].replace(/\B(?=(\d{3})+$)/g, ',') + (parts[3] || '') : text;
}

/** How many digits stand behind the point in the longest of these; at most 12. */
export function scaleOf(values) {
  return Math.min(12, Math.max(0, ...values.map(value => /^-?\d+\.(\d+)$/.exec(String(value ?? ''))?.[1].length ?? 0)));
}

/** With this many digits behind the point at least, so that points stand below each other. */
export function scaled(value, scale) {
  const parts = /^(-?\d+)(?:\.(\d+))?$/.exec(String(value ?? ''));
  return parts && scale ? `${parts[1]}.${(parts[2] || '').padEnd(scale, '0')}` : value;
}

/** A share as percent; never 100 % unless it is all. */
export function percent(part, whole) {
  if (!whole) {
    return '–';
  }
  const share = (100 * part) / whole;
  if (part !== whole && share > 99.9) {
    return '99.9 %';
  }
  return `${Number.isInteger(share) ? share : share.toFixed(1)} %`;
}

/** MISSING_IN_TGT → "missing in TGT". */
export function words(code) {
  return String(code ?? '').toLowerCase().replaceAll('_', ' ').replace(/\b(src|tgt)\b/g, side => side.toUpperCase());
}

const NAMES = new Map([
  [0x00, 'null character'], [0x07, 'bell'], [0x08, 'backspace'], [0x09, 'tab'], [0x0a, 'line feed'],
  [0x0d, 'carriage return'], [0x1b, 'escape'], [0x7f, 'delete'], [0xa0, 'no-break space'],
  [0xad, 'soft hyphen'], [0x61c, 'Arabic letter mark'], [0x200b, 'zero width space'],
  [0x200c, 'zero width non-joiner'], [0x200d, 'zero width joiner'], [0x200e, 'left-to-right mark'],
  [0x200f, 'right-to-left mark'], [0x202a, 'left-to-right embedding'], [0x202b, 'right-to-left embedding'],
  [0x202c, 'pop directional formatting'], [0x202d, 'left-to-right override'],
  [0x202e, 'right-to-left override'], [0x2060, 'word joiner'], [0x2066, 'left-to-right isolate'],
  [0x2067, 'right-to-left isolate'], [0x2068, 'first strong isolate'], [0x2069, 'pop directional isolate'],
  [0xfeff, 'byte order mark'],
]);

/* Control characters, direction marks, invisible and unpaired ones: they could lie about the text. */
const UNSEEN = /[\u0000-\u001f\u007f-\u00a0\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Splits a text into plain parts and marks for characters that cannot be seen.
 *
 * @param spaces whether blanks become marks too
 * @returns an array of {text} and {mark, title}
 */
export function segments(text, spaces = false) {
  const found = [];
  let from = 0;
  const plain = (start, end) => {
    if (end > start) {
      found.push({ text: text.slice(start, end) });
    }
  };
  for (const match of text.matchAll(UNSEEN)) {
    plain(from, match.index);
    const code = match[0].charCodeAt(0);
    const hex = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
    found.push({ mark: SHORT.get(code) || hex, title: NAMES.has(code) ? `${NAMES.get(code)} (${hex})` : hex });
    from = match.index + match[0].length;
  }
  plain(from, text.length);
  if (!spaces) {
    return found;
  }
  return found.flatMap(part => part.mark ? [part] : part.text.split(/( )/).filter(Boolean)
    .map(piece => piece === ' ' ? { mark: '·', title: 'blank', blank: true } : { text: piece }));
}

const SHORT = new Map([[0x09, '⇥'], [0x0a, '↵'], [0x0d, '␍'], [0xa0, '⍽']]);

/** Cuts a long text, never inside a surrogate pair. */
export function cut(text, most) {
  if (text.length <= most) {
    return { text, rest: 0 };
  }
  const end = /[\ud800-\udbff]/.test(text[most - 1]) ? most - 1 : most;
  return { text: text.slice(0, end), rest: text.length - end };
}

/** Any JSON value as one text. */
export function plain(value) {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
