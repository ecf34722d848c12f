package portal

import (
	"html/template"
	"net/url"
	"strings"
	"time"
)

// functions are what templates say texts with.
func (t tongue) functions() template.FuncMap {
	return template.FuncMap{
		"t": t.text, "lang": func() string { return t.Tag },
		"day": t.day, "moment": t.moment, "clock": clock,
		"strong": tagged("strong"), "code": tagged("code"), "textFile": t.textFile,
	}
}

// tagged puts an element around a value.
func tagged(element string) func(string) template.HTML {
	return func(value string) template.HTML {
		return template.HTML("<" + element + ">" + template.HTMLEscapeString(value) + "</" + element + ">") //nolint:gosec // escaped
	}
}

// months are texts like all others.
var months = []string{
	"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
}

// day is a date.
func (t tongue) day(at time.Time) template.HTML {
	return timed(at, "2006-01-02", t.text("%[1]v %[2]v %[3]v", at.Day(), t.text(months[at.Month()-1]), at.Year()))
}

// moment is a date with its time.
func (t tongue) moment(at time.Time) template.HTML {
	at = at.UTC()
	return timed(at, time.RFC3339, t.text("%[1]v %[2]v %[3]v %[4]v UTC", at.Day(), t.text(months[at.Month()-1]), at.Year(), at.Format("15:04")))
}

// clock is the time alone.
func clock(at time.Time) template.HTML {
	return timed(at, time.RFC3339, template.HTML(at.Format("15:04"))) //nolint:gosec // digits
}

func timed(at time.Time, form string, shown template.HTML) template.HTML {
	return template.HTML(`<time datetime="`+at.Format(form)+`">`) + shown + `</time>` //nolint:gosec // digits
}

// textFile is a link that has what it leads to in itself: a text to save.
func (t tongue) textFile(heading phrase, lines []string) template.URL {
	text := t.plain(heading) + "\r\n\r\n" + strings.Join(lines, "\r\n") + "\r\n"
	return template.URL("data:text/plain;charset=utf-8," + url.PathEscape(text)) //nolint:gosec // escaped
}
