/* The state of the console is its address: #/view/id/…?name=value. */

/** Reads an address; what is unreadable is an empty one. */
export function parse(hash) {
  const [route, query = ''] = hash.replace(/^#?\/?/, '').split(/\?(.*)/s);
  const parts = route.split('/').filter(Boolean).map(part => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return { parts, query: Object.fromEntries(new URLSearchParams(query)) };
}

/** Writes an address; empty values are left out. */
export function href(parts, query = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') {
      search.set(name, value);
    }
  }
  const text = search.toString();
  return `#/${parts.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`;
}

let soon;

/**
 * Goes to an address once nothing more is typed, unless the user has gone elsewhere by then: what
 * was typed into a page that is left must not bring it back.
 */
export function goSoon(make, millis = 250) {
  const from = location.hash;
  clearTimeout(soon);
  soon = setTimeout(() => {
    if (location.hash === from) {
      go(make(), true);
    }
  }, millis);
}

/** Goes to an address; as a new entry of the history, or in place of this one. */
export function go(address, replace = false) {
  if (replace) {
    history.replaceState(null, '', address);
    dispatchEvent(new HashChangeEvent('hashchange'));
  } else {
    location.hash = address;
  }
}
