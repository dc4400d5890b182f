/* A request as a person would write it: for a shell, Python and JavaScript. */

const quoted = text => `'${text.replaceAll("'", `'\\''`)}'`;

/** A JSON value as a Python literal. */
export function python(value, indent = '') {
  const deeper = `${indent}    `;
  if (value === null) {
    return 'None';
  }
  if (typeof value === 'boolean') {
    return value ? 'True' : 'False';
  }
  if (Array.isArray(value)) {
    return value.length ? `[\n${value.map(each => deeper + python(each, deeper)).join(',\n')}\n${indent}]` : '[]';
  }
  if (typeof value === 'object') {
    const members = Object.entries(value).map(([name, member]) => `${deeper}${JSON.stringify(name)}: ${python(member, deeper)}`);
    return members.length ? `{\n${members.join(',\n')}\n${indent}}` : '{}';
  }
  // JSON's escapes are Python's, but for half of a pair, which neither can send.
  return JSON.stringify(value);
}

/** The same request in one language: curl, python or javascript. */
export function snippet(language, base, step, body) {
  const address = new URL(`run/${encodeURIComponent(step)}`, base).href;
  switch (language) {
    case 'python':
      return 'import json, urllib.request\n\n'
        + `body = ${python(body)}\n`
        + `request = urllib.request.Request(\n    ${JSON.stringify(address)},\n`
        + '    data=json.dumps(body).encode(),\n    headers={"Content-Type": "application/json"},\n)\n'
        + 'print(json.load(urllib.request.urlopen(request))["task_id"])\n';
    case 'javascript':
      return `const response = await fetch(${JSON.stringify(address)}, {\n  method: 'POST',\n`
        + "  headers: { 'Content-Type': 'application/json' },\n"
        + `  body: JSON.stringify(${JSON.stringify(body, null, 2).replaceAll('\n', '\n  ')}),\n});\n`
        + 'console.log((await response.json()).task_id);\n';
    default:
      return `curl -s -H 'Content-Type: application/json' ${quoted(address)} -d ${quoted(JSON.stringify(body, null, 2))}\n`;
  }
}
