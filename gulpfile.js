const { dest, src } = require('gulp');

const ASSETS = ['nodes/**/*.svg', 'nodes/**/*.node.json'];

/** Copies the icons and the codex files, which the TypeScript compiler ignores, into `dist/`. */
function assets() {
	return src(ASSETS, { base: '.', encoding: false }).pipe(dest('dist'));
}

exports.assets = assets;
