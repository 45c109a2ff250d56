/** The REST client: JSON in, JSON out, and every failure a `ProblemError`. Knows nothing of caches. */
import { randomKey } from './random';

/** RFC 9457, with the members Skein adds. */
export interface Problem {
  status: number;
  /** Stable, `module.reason`; `network` when no answer came. */
  code: string;
  detail: string;
  /** The field of the request that is wrong. */
  field?: string | null;
  /** Id under which the server logged an internal fault. */
  fault?: string | null;
  /** Seconds. */
  retry_after?: number | null;
  /** The most that is allowed; of files, bytes. */
  limit?: number | null;
}

export class ProblemError extends Error implements Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly field: string | undefined;
  readonly fault: string | undefined;
  readonly retry_after: number | undefined;
  readonly limit: number | undefined;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ProblemError';
    this.status = problem.status;
    this.code = problem.code;
    this.detail = problem.detail;
    this.field = problem.field ?? undefined;
    this.fault = problem.fault ?? undefined;
    this.retry_after = problem.retry_after ?? undefined;
    this.limit = problem.limit ?? undefined;
  }
}

export interface RequestOptions {
  query?: Record<string, string | number | boolean | null | undefined>;
  signal?: AbortSignal;
  headers?: Record<string, string>;
  /** POST only; one is made when absent. Pass your own to retry a request safely. */
  idempotencyKey?: string;
}

const root = '/api/v1';

function address(path: string, query: RequestOptions['query']): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null) search.set(name, String(value));
  }
  const tail = search.toString();
  return `${root}${path}${tail ? `?${tail}` : ''}`;
}

async function problemOf(response: Response): Promise<ProblemError> {
  const retry = Number(response.headers.get('retry-after')) || undefined;
  try {
    const body = (await response.json()) as Partial<Problem>;
    return new ProblemError({
      ...body,
      status: response.status,
      code: body.code ?? `http.${response.status}`,
      detail: body.detail ?? response.statusText,
      retry_after: body.retry_after ?? retry,
    });
  } catch {
    return new ProblemError({
      status: response.status,
      code: `http.${response.status}`,
      detail: response.statusText,
      retry_after: retry,
    });
  }
}

/** No answer, or one that broke off: whether the server has done it is unknown. */
function unanswered(cause: unknown): unknown {
  if (cause instanceof DOMException && cause.name === 'AbortError') return cause;
  return new ProblemError({ status: 0, code: 'network', detail: 'The server cannot be reached.' });
}

async function request<T>(method: string, path: string, body: unknown, options: RequestOptions): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json', ...options.headers };
  if (method === 'POST') headers['idempotency-key'] ??= options.idempotencyKey ?? randomKey();
  let payload: BodyInit | undefined;
  if (body instanceof Blob || body instanceof ArrayBuffer) payload = body;
  else if (body !== undefined) {
    headers['content-type'] = 'application/json';
    payload = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(address(path, options.query), {
      method,
      headers,
      credentials: 'same-origin',
      ...(payload === undefined ? {} : { body: payload }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (cause) {
    throw unanswered(cause);
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204 || response.headers.get('content-length') === '0') return undefined as T;
  try {
    return (await response.json()) as T;
  } catch (cause) {
    throw unanswered(cause);
  }
}

/** A `Blob` body is sent as it is, anything else as JSON. */
export const api = {
  get: <T>(path: string, options: RequestOptions = {}) => request<T>('GET', path, undefined, options),
  post: <T>(path: string, body?: unknown, options: RequestOptions = {}) => request<T>('POST', path, body, options),
  patch: <T>(path: string, body: unknown, options: RequestOptions = {}) => request<T>('PATCH', path, body, options),
  put: <T>(path: string, body?: unknown, options: RequestOptions = {}) => request<T>('PUT', path, body, options),
  delete: <T = void>(path: string, options: RequestOptions = {}) => request<T>('DELETE', path, undefined, options),
};
