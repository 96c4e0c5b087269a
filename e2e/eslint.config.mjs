import config from '../test/eslint.config.mjs';

// Nothing here is published.
export default [...config, { ignores: ['**/package.json'] }];
