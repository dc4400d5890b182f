/*
 * A run as a graph and a timeline: one row for each step, lanes for what runs side by side, and the
 * time it took in the same row.
 */
import { html, nothing, svg } from './lit.js';
import * as f from './format.js';

const ROW = 34;
const LANE = 22;
const LEFT = 16;

/** Units of the drawing in one em: it grows with the text beside it. */
const EM = 15;

/**
 * Places the nodes of a graph, which are in an order in which they may run.
 *
 * @param nodes [{id, after: [ids]}]
 * @returns {lanes, places: [{id, row, lane}], edges: [{from, to}] of places}
 */
export function layout(nodes) {
  const places = new Map();
  const last = new Map();
  nodes.forEach((node, row) => node.after.forEach(id => last.set(id, row)));
  // Which node a lane belongs to, until the last of those that wait for it.
  const lanes = [];
  nodes.forEach((node, row) => {
    const parents = node.after.map(id => places.get(id)).filter(Boolean);
    const free = lane => !lanes[lane] || last.get(lanes[lane]) === undefined || last.get(lanes[lane]) <= row;
    const own = parents.map(place => place.lane).filter(lane => places.get(lanes[lane]) && node.after.includes(lanes[lane]));
    let lane = own.length ? Math.min(...own) : 0;
    if (!own.length) {
      while (!free(lane)) {
        lane++;
      }
    }
    lanes[lane] = node.id;
    places.set(node.id, { id: node.id, row, lane });
  });
  const edges = nodes.flatMap(node => node.after.filter(id => places.has(id))
    .map(id => ({ from: places.get(id), to: places.get(node.id) })));
  return { lanes: Math.max(1, lanes.length), places: [...places.values()], edges };
}

const x = place => LEFT + place.lane * LANE;
const y = place => place.row * ROW + ROW / 2;

/** The line between two places; it changes lanes beside the one that is further out. */
export function line(from, to) {
  const [x1, y1, x2, y2] = [x(from), y(from), x(to), y(to)];
  if (x1 === x2) {
    return `M${x1} ${y1}V${y2}`;
  }
  const bend = ROW * 0.8;
  return x2 > x1
    ? `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y1} ${x2} ${y1 + bend}V${y2}`
    : `M${x1} ${y1}V${y2 - bend}C${x1} ${y2} ${x2} ${y2 - bend} ${x2} ${y2}`;
}

/** Names of long steps are cut to what there is room for. */
function label(text, most) {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/**
 * @param nodes [{id, after, name, status, href?, started?, ended?, here?}]
 * @param now milliseconds, for what still runs
 */
export function runGraph(nodes, now) {
  const { lanes, edges } = layout(nodes);
  const places = new Map(layout(nodes).places.map(place => [place.id, place]));
  const height = nodes.length * ROW;
  const text = LEFT + lanes * LANE + 2;
  const width = text + 250;
  const starts = nodes.map(node => Date.parse(node.started)).filter(Number.isFinite);
  const ends = nodes.map(node => end(node, now)).filter(Number.isFinite);
  const from = Math.min(...starts);
  const span = Math.max(1, Math.max(...ends) - from);
  return html`<div class="run-graph">
    <svg class="graph" viewBox="0 0 ${width} ${height}" width="${width / EM}rem" height="${height / EM}rem" role="group" aria-label="Graph of the run">
      ${edges.map(edge => svg`<path class="edge" d=${line(edge.from, edge.to)}/>`)}
      ${nodes.map(node => {
    const place = places.get(node.id);
    const words = `${node.name}: ${node.status}`;
    const drawing = svg`<rect class="hit" x=${x(place) - 11} y=${place.row * ROW + 2} width=${width - x(place)} height=${ROW - 4} rx="6"/>
          <circle class="node ${node.status}" cx=${x(place)} cy=${y(place)} r="7"/>
          ${sign(node.status, x(place), y(place))}
          <text x=${text} y=${y(place) + 4}>${label(node.name, 34)}</text>`;
    return node.href
      ? svg`<a href=${node.href} class=${node.here ? 'here' : ''} aria-label=${words} aria-current=${node.here ? 'true' : nothing}><title>${words}</title>${drawing}</a>`
      : svg`<g class="not-yet" role="img" aria-label=${words}><title>${words}</title>${drawing}</g>`;
  })}
    </svg>
    <ol class="timeline" aria-label="Timeline of the run">${nodes.map(node => {
    const start = Date.parse(node.started);
    const until = end(node, now);
    const known = Number.isFinite(start) && Number.isFinite(until);
    const left = known ? (100 * (start - from)) / span : 0;
    const share = known ? Math.max(0.6, (100 * (until - start)) / span) : 0;
    return html`<li><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">${known
      ? svg`<rect class="span ${node.status}" x=${Math.min(left, 99.4)} y="1" width=${Math.min(share, 100 - Math.min(left, 99.4))} height="8"/>` : nothing}</svg>
      <span class="took"><span class="sr">${node.name} </span>${known ? f.duration((until - start) / 1000) : node.status === 'pending' ? 'waiting' : node.status}</span></li>`;
  })}</ol></div>`;
}

function end(node, now) {
  return node.ended ? Date.parse(node.ended) : node.started && node.status === 'running' ? now : NaN;
}

/** Not by colour alone. */
function sign(status, cx, cy) {
  const path = {
    completed: `M${cx - 3} ${cy}l2.2 2.4L${cx + 3} ${cy - 2.4}`,
    failed: `M${cx - 2.5} ${cy - 2.5}l5 5m0-5l-5 5`,
    running: `M${cx - 1.8} ${cy - 3}v6l4.8-3z`,
    cancelled: `M${cx - 3} ${cy}h6`,
  }[status];
  return path ? svg`<path class="sign ${status}" d=${path}/>` : nothing;
}
