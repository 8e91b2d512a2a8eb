// Which words two texts share: Myers' greedy difference (1986), bounded, so that two
// long strangers are shown as two wholes and do not hold the browser up.

const MOST_STEPS = 1500;

function words(text) {
  return text.match(/\s+|[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) || [];
}

// [[kind, text]…], kind: "same", "del" (only in a), "ins" (only in b).
export function difference(a, b) {
  const left = words(a);
  const right = words(b);
  const trace = [];
  let reach = new Map([[1, 0]]);
  for (let d = 0; d <= Math.min(left.length + right.length, MOST_STEPS); ++d) {
    trace.push(new Map(reach));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
      let x = down ? reach.get(k + 1) : reach.get(k - 1) + 1;
      while (x < left.length && x - k < right.length && left[x] === right[x - k]) {
        ++x;
      }
      reach.set(k, x);
      if (x >= left.length && x - k >= right.length) {
        return walkBack(trace, left, right);
      }
    }
  }
  return [["del", a], ["ins", b]];
}

function walkBack(trace, left, right) {
  const out = [];
  let x = left.length;
  let y = right.length;
  for (let d = trace.length - 1; d >= 0; --d) {
    const reach = trace[d];
    const k = x - y;
    const down = k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
    const from = down ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : reach.get(from);
    const fromY = d === 0 ? 0 : fromX - from;
    while (x > fromX && y > fromY) {
      out.push(["same", left[--x]]);
      --y;
    }
    if (d > 0) {
      out.push(down ? ["ins", right[--y]] : ["del", left[--x]]);
    }
  }
  const joined = [];
  for (const [kind, word] of out.reverse()) {
    const last = joined[joined.length - 1];
    if (last && last[0] === kind) {
      last[1] += word;
    } else {
      joined.push([kind, word]);
    }
  }
  return joined;
}
