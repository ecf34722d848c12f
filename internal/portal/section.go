package portal

import "context"

// section is a part of the page of settings. Each has a file of its own, and a template pages/section-ID.html.
type section struct {
	id, title string
	// show returns what its template gets as .Data.
	show func(ctx context.Context, in member) (any, error)
	// steps are the requests that it answers, by pattern.
	steps map[string]memberStep
}
