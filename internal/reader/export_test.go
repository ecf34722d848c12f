package reader

// Forget has the next request look which keys are valid.
func (r *Reader) Forget() { r.who.keys.forget() }

// Routes are the paths with their methods.
func Routes() []string {
	return []string{
		"GET /v1/accounts/{id}/env", "GET /v1/accounts/{id}/env/{name}", "GET /v1/accounts/{id}/connections", "GET /v1/accounts/{id}/ssh-keys", "POST /v1/accounts/{id}/tokens",
		"GET /v1/changes", "GET /openapi.yaml", "GET /healthz",
	}
}

// Waiting is how many wait for changes.
func (r *Reader) Waiting() int {
	r.feed.mu.Lock()
	defer r.feed.mu.Unlock()
	return r.feed.waiting
}

// Age has the keys be so old that the issuer is asked.
func (i *Identities) Age() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.read = i.read.Add(-keysKept)
}
