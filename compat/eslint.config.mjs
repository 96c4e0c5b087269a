export { default } from '../e2e/eslint.config.mjs';
