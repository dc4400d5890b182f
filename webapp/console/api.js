/*
 * The one place that talks to the server. Addresses are relative to the page, so the console works
 * under any context root. What the server refuses becomes an ApiError with its problem document.
 */

const listeners = { away: new Set(), back: new Set(), unauthorized: new Set() };

/** Hears of 'away' (no answer), 'back' (an answer) and 'unauthorized' (signing in would help). */
export function onServer(event, listener) {
  listeners[event].add(listener);
}

function tell(event, detail) {
  listeners[event].forEach(listener => listener(detail));
}

export class ApiError extends Error {
  /** @param status 0 where there was no answer */
  constructor(status, problem) {
    super(problem.detail || problem.title || `The server answered ${status}.`);
    this.status = status;
    this.problem = problem;
    this.retryAfter = undefined;
  }
}

/** Encodes each segment of a path: ids come from addresses that anybody can write. */
export function path(...segments) {
  return segments.map(encodeURIComponent).join('/');
}

/** The address with its query; empty values are left out. */
export function withQuery(address, query = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') {
      search.set(name, value);
    }
  }
  const text = search.toString();
  return text ? `${address}?${text}` : address;
}

/** Sends a request; the Response if it succeeded. */
export async function request(method, address, { body, query, signal, accept = 'application/json' } = {}) {
  const headers = { Accept: accept };
  if (method !== 'GET') {
    // Both are what other origins' pages cannot send unasked.
    headers['Content-Type'] = 'application/json';
    headers['X-Requested-With'] = 'console';
  }
  let response;
  try {
    response = await fetch(withQuery(address, query), {
      method, headers, signal, credentials: 'same-origin',
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (failure) {
    if (failure.name === 'AbortError') {
      throw failure;
    }
    tell('away');
    throw new ApiError(0, { title: 'No answer', detail: 'The server does not answer. It may be stopping or starting.' });
  }
  tell('back');
  if (!response.ok && response.status !== 304) {
    const error = new ApiError(response.status, await problemOf(response));
    error.retryAfter = response.headers.get('Retry-After');
    if (response.status === 401) {
      tell('unauthorized', error);
    }
    throw error;
  }
  return response;
}

async function problemOf(response) {
  try {
    const problem = await response.json();
    return problem && typeof problem === 'object' ? problem : { title: response.statusText };
  } catch {
    return { title: response.statusText || `Status ${response.status}` };
  }
}

/** The JSON of an answer; null where it has none. */
export async function call(method, address, options) {
  const response = await request(method, address, options);
  return response.status === 204 ? null : response.json();
}

export const get = (address, query, signal) => call('GET', address, { query, signal });
export const post = (address, body) => call('POST', address, { body });

/** A list with where its next page begins: the cursor in the header Link, or null. */
export async function page(address, query, signal) {
  const response = await request('GET', address, { query, signal });
  const link = /<([^>]*)>;\s*rel="next"/.exec(response.headers.get('Link') || '');
  const next = link ? new URL(link[1], document.baseURI).searchParams.get('cursor') : null;
  return { items: await response.json(), next };
}

/** Null where the server has no such thing, or does not have it any more. */
export async function optional(promise) {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof ApiError && [404, 405, 410].includes(error.status)) {
      return null;
    }
    throw error;
  }
}
