/* A form made from a JSON Schema, and the values that were typed into it. */
import { html, nothing } from './lit.js';

/** How a property is asked for: text, number, boolean, choice or json. */
export function kind(schema) {
  const types = [schema.type].flat().filter(type => type && type !== 'null');
  if (Array.isArray(schema.enum)) {
    return 'choice';
  }
  if (types.includes('string')) {
    return schema.format === 'date' ? 'date' : 'text';
  }
  if (types.includes('integer') || types.includes('number')) {
    return 'number';
  }
  if (types.includes('boolean')) {
    return 'boolean';
  }
  return 'json';
}

/**
 * Reads what was typed.
 *
 * @returns {value}, nothing of both if it was left empty, or {fault} in words
 */
export function read(schema, text) {
  if (text === undefined || text === '') {
    return {};
  }
  switch (kind(schema)) {
    case 'number': {
      // A number that JavaScript would change is sent as it was typed, for the server to judge.
      const number = Number(text);
      return { value: text.trim() !== '' && Number.isFinite(number) && /^-?\d+(\.\d+)?$/.test(text.trim()) && Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : text };
    }
    case 'boolean':
      return { value: text === 'true' };
    case 'json':
      try {
        return { value: JSON.parse(text) };
      } catch (error) {
        return { fault: `This is not JSON: ${error.message}` };
      }
    case 'choice':
      return { value: schema.enum.find(each => String(each) === text) ?? text };
    default:
      // What may be a text or a list is a list where it is written as one.
      if ([schema.type].flat().includes('array') && /^\s*\[/.test(text)) {
        try {
          return { value: JSON.parse(text) };
        } catch {
          // A text that begins like one.
        }
      }
      return { value: text };
  }
}

/** All values that were typed, and the faults that can be seen without asking the server. */
export function readAll(schema, typed) {
  const values = {};
  const faults = {};
  for (const [name, property] of Object.entries(schema.properties || {})) {
    const { value, fault } = read(property, typed[name]);
    if (fault) {
      faults[name] = fault;
    } else if (value !== undefined) {
      values[name] = value;
    }
  }
  return { values, faults };
}

/**
 * @param typed texts by name
 * @param faults sentences by name, shown beside the fields
 * @param changed hears the name and the text
 */
export function form(schema, typed, faults, changed) {
  const required = new Set(schema.required || []);
  const names = Object.keys(schema.properties || {});
  const sorted = [...names.filter(name => required.has(name)), ...names.filter(name => !required.has(name))];
  return sorted.map(name => field(name, schema.properties[name], required.has(name), typed[name] ?? '', faults[name], text => changed(name, text)));
}

function field(name, schema, required, text, fault, changed) {
  const id = `field-${name}`;
  const described = [fault ? `${id}-fault` : '', schema.description ? `${id}-about` : ''].filter(Boolean).join(' ') || nothing;
  const invalid = fault ? 'true' : nothing;
  const input = {
    choice: () => html`<select id=${id} aria-describedby=${described} aria-invalid=${invalid} @change=${event => changed(event.target.value)}>
      <option value="" ?selected=${text === ''}>${schema.default === undefined ? 'not set' : `default: ${schema.default}`}</option>${schema.enum.map(each => html`<option value=${each} ?selected=${text === String(each)}>${each}</option>`)}</select>`,
    boolean: () => html`<select id=${id} aria-describedby=${described} aria-invalid=${invalid} @change=${event => changed(event.target.value)}>
      <option value="" ?selected=${text === ''}>${schema.default === undefined ? 'not set' : `default: ${schema.default ? 'yes' : 'no'}`}</option><option value="true" ?selected=${text === 'true'}>yes</option><option value="false" ?selected=${text === 'false'}>no</option></select>`,
    json: () => html`<textarea id=${id} rows="3" class="mono" spellcheck="false" placeholder=${example(schema)} aria-describedby=${described} aria-invalid=${invalid} .value=${text} @input=${event => changed(event.target.value)}></textarea>`,
    number: () => html`<input id=${id} inputmode="decimal" placeholder=${schema.default ?? ''} aria-describedby=${described} aria-invalid=${invalid} .value=${text} @input=${event => changed(event.target.value)}>`,
    date: () => html`<input id=${id} placeholder="2024-01-15" aria-describedby=${described} aria-invalid=${invalid} .value=${text} @input=${event => changed(event.target.value)}>`,
    text: () => html`<input id=${id} spellcheck="false" autocomplete="off" placeholder=${schema.default ?? ''} aria-describedby=${described} aria-invalid=${invalid} .value=${text} @input=${event => changed(event.target.value)}>`,
  }[kind(schema)]();
  return html`<div class="field ${fault ? 'bad' : ''}"><label for=${id}>${name}${required ? html` <span class="required">required</span>` : nothing}</label>${input}
    ${fault ? html`<span class="fault" id=${`${id}-fault`}>${fault}</span>` : nothing}
    ${schema.description ? html`<span class="about" id=${`${id}-about`}>${schema.description}</span>` : nothing}</div>`;
}

function example(schema) {
  const types = [schema.type].flat();
  return types.includes('array') ? '[…]' : '{…}';
}
