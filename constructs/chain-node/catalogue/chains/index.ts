/** Every chain that YAML can name. A new one is a file beside this one, and a line here. */
export { arbitrum } from './arbitrum';
export { avalanche } from './avalanche';
export { base } from './base';
export { bsc } from './bsc';
export { ethereum } from './ethereum';
export { optimism } from './optimism';
export { polygon } from './polygon';
export { solana } from './solana';
