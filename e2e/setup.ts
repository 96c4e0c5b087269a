import { installN8n } from './install';

/** Before the first test, because the installation takes longer than a test may. */
export default installN8n;
