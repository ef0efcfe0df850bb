// What is asked of the HTML of a page: everything that html-validate recommends, but for three rules.
export default {
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    // Templates leave blanks where they leave something out; packed they cost nothing.
    "no-trailing-whitespace": "off",
    // A button of a form sends it, which is what `type` says if it is not there.
    "no-implicit-button-type": "off",
    // On a narrow page tables are blocks, and some browsers then forget that they are tables.
    "no-redundant-role": "off",
    // Of several things any number may be chosen, each by a box of the same name.
    "form-dup-name": ["error", { shared: ["radio", "checkbox", "button", "submit", "reset"] }],
    // A title holds words that people wrote, and those may be long.
    "long-title": "off",
  },
};
