// Package accountapi serves the account API: what the command line client of the modelled service, and scripts that were written for it, ask
// of an account. Paths, names of fields and the irregular forms of answers are that service's; what an account has is ours, and is reached by
// store.Holder alone, as the settings page does.
//
// # How a route is added
//
// A section has a file of its own and a function that returns its routes, which stands in sections. A route says all about itself: what it
// takes of the key (right), whether it reads, writes, or proves a second factor (use), which command of the client asks for it, and what it
// does; or, in cannot, why it does not. docs/account-api.md and the metrics follow from that. Its answer gets a request, with whose it is
// (in, and the account in its holder's hands) and the body (read), and returns what is written as JSON, or an error: a *problem says itself
// what is answered, and any other is explained in one place (problemOf).
//
//	{
//		method: http.MethodGet, path: "/api/v0/users/current", right: store.KeyUserRead, use: reads,
//		command: "show user", does: "the account", answer: a.showUser,
//	}
//
// Both forms of each path are served, with and without a slash at its end. Numbers stand for our texts where the client wants numbers
// (numberOf), and come as numbers or as texts (number).
package accountapi
