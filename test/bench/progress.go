package main

import "time"

// progress says every ten seconds how far something is, as in "5 of 10 done", until it is stopped.
func progress(far func() string) (stop func()) {
	begun, again, over := time.Now(), time.NewTicker(10*time.Second), make(chan struct{})
	go func() {
		for {
			select {
			case <-again.C:
				say("    %s, %.0f s", far(), time.Since(begun).Seconds())
			case <-over:
				return
			}
		}
	}()
	return func() {
		again.Stop()
		close(over)
	}
}
