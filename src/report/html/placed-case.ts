import type { ReportCase } from "../report-cases.ts";

/** A case and where on the page it is. */
export interface PlacedCase {
  /** Of its element. */
  readonly id: string;
  readonly reportCase: ReportCase;
}
