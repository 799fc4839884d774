/** What the library or this package could not do. */
export class MenagerieError extends Error {
  override readonly name: string = "MenagerieError";

  constructor(
    /** A stable code, such as `weights`, `input`, `adapter` or `device_lost`. */
    readonly code: string,
    message: string,
  ) {
    const advice = ADVICE[code];
    super(advice === undefined ? message : `${message}. ${advice}`);
  }
}

/** What to do about an error, by its code. */
const ADVICE: Readonly<Record<string, string | undefined>> = {
  no_adapter: "WebGPU is in Chrome and Edge 113, Safari 26 and Firefox 141, on pages served by HTTPS or localhost",
  self_test: "Update the browser and the driver, or load the network with the device \"cpu\"",
  device_lost: "Load the network again",
  limit: "Ask the adapter for larger limits when you make the GPUDevice, or use a smaller image or batch",
};

/** What a caller passed, in a few words. */
export function described(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map(described).join(", ")}]`;
  }
  return typeof value === "object" && value !== null ? (value.constructor?.name ?? "an object") : String(value);
}

/** Makes an error from what the bindings throw. */
export function asError(thrown: unknown): unknown {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown && !(thrown instanceof Error)) {
    return new MenagerieError(String(thrown.code), String(thrown.message));
  }
  return thrown;
}

/** The error that a device is lost. */
export function lossOf({ message }: GPUDeviceLostInfo): MenagerieError {
  return new MenagerieError("device_lost", ["the device was lost", message].filter(Boolean).join(": "));
}
