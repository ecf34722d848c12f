package accountapi

import (
	"cmp"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
)

// CountAnswers registers the count of answers. What it returns takes each one. No label has anything of a request but its route.
func CountAnswers(registry prometheus.Registerer) func(route string, status int) {
	answers := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "account_operator_account_api_requests_total", Help: "Requests to the account API, by route and the status of the answer.",
	}, []string{"route", "status"})
	registry.MustRegister(answers)
	return func(route string, status int) {
		answers.WithLabelValues(cmp.Or(route, "none"), strconv.Itoa(status)).Inc()
	}
}
