/** A request that is refused, with the status and the sentence that its answer has. */
export class RequestError extends Error {
  constructor(
    readonly statusCode: number,
    message: string,
    /** Seconds after which it may be tried again. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}
