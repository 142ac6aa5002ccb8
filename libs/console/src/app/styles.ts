// In this order. The styles of the calendar, of toasts and of the palette come with them.
import 'pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css';
import './mantine-styles';
import './base.css';
