/** What a failure is called in the member's language. */
import i18next from 'i18next';
import { ProblemError } from '../data/client';
import { fileSize } from '../data/format';
import { currentLanguage } from '../i18n';

/** Our own words for a code we know, else the server's, which are English but name the place. */
export function problemText(error: unknown): string {
  if (!(error instanceof ProblemError)) return i18next.t('problem:unknown');
  const known = i18next.exists(`problem:${error.code}`)
    ? i18next.t(`problem:${error.code}`, {
        seconds: error.retry_after ?? 0,
        limit: error.limit === undefined ? '' : fileSize(error.limit, currentLanguage()),
      })
    : error.detail || i18next.t('problem:unknown');
  return error.fault ? `${known} (${i18next.t('problem:fault', { id: error.fault })})` : known;
}

/** Puts a refusal at the field it is about, where the form has it; else hands it to `otherwise`. */
export function showProblem(
  form: { values: object; setFieldError: (field: string, text: string) => void },
  error: unknown,
  otherwise: (error: unknown) => void,
): void {
  if (error instanceof ProblemError && error.field && error.field in form.values) {
    form.setFieldError(error.field, problemText(error));
  } else otherwise(error);
}
