// The theme without its own font: the reader's is there already.
export {default} from 'vitepress/theme-without-fonts';
import './style.css';
