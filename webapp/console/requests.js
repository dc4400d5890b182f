/* Requests that were sent before, to be shown and sent again. */
import { get, path, post } from './api.js';

export const ENDED = new Set(['completed', 'failed', 'cancelled']);

/** The step and the body that made a task. */
export function requestOf(id) {
  return get(`${path('tasks', id)}/request`);
}

/** Sends the request of a task again; the id of the new one. */
export async function resend(id) {
  const { step_name: step, body } = await requestOf(id);
  return (await post(path('run', step), body)).task_id;
}

/**
 * Follows a run to its end by what the server tells of it.
 *
 * @param seen hears each state; false from it says that nobody waits any more
 * @returns the last state that was seen
 */
export async function follow(live, id, seen) {
  for (; ;) {
    const news = live.news(id);
    const state = await get(path('status', id));
    if (seen(state) === false || ENDED.has(state.status)) {
      return state;
    }
    await news;
  }
}
