/**
 * The closed set of failures that a person or a program can meet. Every verb throws `AppError` or succeeds;
 * anything else is a defect, answered as INTERNAL without its message.
 */
export const ERROR_STATUS = {
  BAD_INPUT: 400,
  GUEST_REQUIRED: 401,
  SIGN_IN_REQUIRED: 401,
  WRONG_CREDENTIALS: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  OWNER_CHANGED: 409,
  TOO_LARGE: 413,
  UNSUPPORTED_MEDIA: 415,
  /** A link that leads nowhere any more; its message says how. */
  LINK_DEAD: 422,
  /** A link that is not asked: not https, not public. */
  LINK_REFUSED: 422,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  /** Path of the input field at fault, such as `settings.aspect`. */
  readonly field: string | null;
  /** Seconds after which the same may succeed. */
  readonly retryAfter: number | null;

  /** @param message What happened, what was kept, what to do: shown to people as it stands. */
  constructor(
    code: ErrorCode,
    message: string,
    options: { field?: string; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.field = options.field ?? null;
    this.retryAfter = options.retryAfter ?? null;
  }

  /** A bundler may give two parts of one process their own copy of this class: they know each other by name. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'AppError';
  }
}

export const notFound = (noun: string) => new AppError('NOT_FOUND', `No such ${noun} in this library.`);
