/* A test runner of a few lines: what the page says about itself is what the build reads. */
const results = [];

export function test(name, body) {
  results.push(Promise.resolve().then(body).then(() => ({ name, fault: null }), fault => ({ name, fault: String(fault.stack || fault) })));
}

export function equal(actual, expected, about = '') {
  const [one, other] = [actual, expected].map(value => JSON.stringify(value, (key, each) => typeof each === 'bigint' ? `${each}n` : each));
  if (one !== other) {
    throw new Error(`${about} expected ${other}, found ${one}`);
  }
}

export const finished = () => Promise.all(results);
