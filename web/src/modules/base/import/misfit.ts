import i18next from 'i18next';
import type { Misfit } from './model';

/** What is wrong with a cell or a row, in the member's language where we have words for it. */
export function misfitText(misfit: Misfit): string {
  if (misfit.problem) {
    const known = `problem:${misfit.problem}`;
    return i18next.exists(known) ? i18next.t(known) : misfit.message;
  }
  const known = `base:import.misfit.${misfit.code}`;
  return i18next.exists(known) ? i18next.t(known, { ...misfit }) : misfit.message;
}
