package portal

import "time"

// How often one peer may ask for a link: some at once, for an office behind one address, then one every now and then.
const (
	peerBurst = 10
	peerEvery = 30 * time.Second
)

// How often one peer may open a page: far more often than people do, and far less than a program can.
const (
	pageBurst = 200
	pageEvery = 200 * time.Millisecond
)
