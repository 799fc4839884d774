// The pixels of a PNG file, for Node, which decodes no images: 8 bits of RGB, as the samples have.
import { inflateSync } from "node:zlib";

/** RGBA, rows from the top, in the form of an `ImageData`. */
export function decode(file) {
  const parts = [];
  let [width, height] = [0, 0];
  for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at)) {
    const [kind, data] = [file.toString("latin1", at + 4, at + 8), file.subarray(at + 8, at + 8 + file.readUInt32BE(at))];
    if (kind === "IHDR") {
      [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      if (data.readUInt8(8) !== 8 || data.readUInt8(9) !== 2 || data.readUInt8(12) !== 0) {
        throw new Error("expected 8 bits of RGB without interlacing");
      }
    }
    if (kind === "IDAT") {
      parts.push(data);
    }
  }
  const packed = inflateSync(Buffer.concat(parts));
  const stride = 3 * width;
  const rows = new Uint8Array(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = packed[y * (stride + 1)];
    for (let x = 0; x < stride; x += 1) {
      const left = x < 3 ? 0 : rows[y * stride + x - 3];
      const above = y === 0 ? 0 : rows[(y - 1) * stride + x];
      const corner = x < 3 || y === 0 ? 0 : rows[(y - 1) * stride + x - 3];
      const near = [left, above, corner].reduce((best, one) => (distance(one) < distance(best) ? one : best));
      function distance(one) {
        return Math.abs(left + above - corner - one);
      }
      rows[y * stride + x] = packed[y * (stride + 1) + 1 + x] + [0, left, above, (left + above) >> 1, near][filter];
    }
  }
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    data.set(rows.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel);
  }
  return { data, width, height };
}
