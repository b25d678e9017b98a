// What a check can end in. Rows stand in the order of docs/inspection.md, and the first that failed or is
// unknown gives the headline. There is no boolean that means "ok".

export const HEADLINE_OF = {
  C1: "NOT READABLE", C2: "UNKNOWN ISSUER", C3: "UNTRUSTED", C4: "TAMPERED", C4b: "NOT READABLE", C5: "WRONG HOLDER",
  C6: "REVOKED", C7: "SUSPENDED", C8: "REPLACED", C9: "EXPIRED", C10: "CLOCK UNTRUSTED", C11: "NOT YET VALID",
  C12: "STATUS UNKNOWN", C13: "UNCONFIRMED", C14: "VALID WITH REMARK", C15: "VALID",
};
export const ROWS = Object.keys(HEADLINE_OF);
const STANDINGS = ["valid", "undetermined", "rejected"]; // worst last

/** One row's outcome: pass, remark, fail, unknown or not-assessed; `{}` in the reason stands for its values. */
export const check = (row, outcome, template, ...values) => ({ row, outcome, template, values });

/** The check that gives the headline: the first against, else the first remark, else undefined. */
export function deciding(checks) {
  return (
    checks.find(({ outcome }) => outcome === "fail" || outcome === "unknown") ??
    checks.find(({ outcome }) => outcome === "remark")
  );
}

/** The verdict that rows C in their order amount to. */
export function conclude(checks, credential, reliedOn) {
  const found = deciding(checks);
  const standing = { fail: "rejected", unknown: "undetermined" }[found?.outcome] ?? "valid";
  const headline = HEADLINE_OF[found?.row ?? "C15"];
  return { headline, standing, deciding: found ?? null, checks, credential, reliedOn, members: [], seaPass: null, manning: null };
}

/** A pass is as bad as the worst of its own checks and of its certificates'. */
export function concludePass(own, members, seaPass) {
  const found = [own, ...members].reduce((worst, one) => (worse(one, worst) ? one : worst));
  return { ...own, headline: found.headline, standing: found.standing, deciding: found.deciding, members, seaPass };
}

export function worse(one, other) {
  const [a, b] = [badness(one), badness(other)];
  return a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);
}

function badness({ standing, deciding: found }) {
  return found === null ? [0, -ROWS.length] : [STANDINGS.indexOf(standing), -ROWS.indexOf(found.row)];
}
