package demo

import "time"

// part is one agent's role.
type part struct {
	slot string
	host string        // where it runs, "" for this one
	pace time.Duration // from one check-in to the next, on average
	fate fate
	jobs []job // one after another, then again from the first
}

// fate is what happens to an agent beside its work.
type fate uint8

const (
	works   fate = iota
	stalls       // begins in silence, and falls silent before each further job
	crashes      // dies in the middle of each job, and comes back
	races        // claims what another has claimed meanwhile, and sends too much
)

// job is one task and how it is done.
type job struct {
	title, priority string
	edits           []edit
}

// edit is one check-in: a text added to a file.
type edit struct{ file, comment, text string }

// rival is the slot whose first task the racing agent wants.
const rival = "auth"

// cast returns the team.
func cast() []part {
	return []part{
		{slot: "auth", pace: 8 * time.Second, jobs: authJobs()},
		{slot: "api", pace: 9 * time.Second, jobs: apiJobs()},
		{slot: "billing", pace: 5 * time.Second, jobs: billingJobs()},
		{slot: "frontend", pace: 7 * time.Second, fate: crashes, jobs: frontendJobs()},
		{slot: "docs", pace: 8 * time.Second, fate: stalls, jobs: docsJobs()},
		{slot: "search", host: "build-7", pace: 11 * time.Second, fate: races, jobs: searchJobs()},
	}
}

func authJobs() []job {
	const keys, session = "internal/auth/keys.go", "internal/auth/session.go"
	return []job{
		{"rotate session keys", "P0", []edit{
			{keys, "auth: keep two generations of session keys", "\n// Rotate puts a new key first and keeps the one before.\nfunc (k Keys) Rotate(key []byte) Keys { return Keys{key, k[0]} }\n"},
			{session, "auth: accept the previous key until sessions expire", "\n// Valid reports whether one of the keys has signed the session.\nfunc (s Session) Valid(sig []byte, keys Keys) bool {\n\tfor _, key := range keys {\n\t\tif hmac.Equal(sig, s.Sign(key)) {\n\t\t\treturn true\n\t\t}\n\t}\n\treturn false\n}\n"},
			{keys, "auth: rotate session keys once a day", "\n// Lifetime is how long a key signs new sessions.\nconst Lifetime = 24 * time.Hour\n"},
		}},
		{"refuse sessions of removed users", "P1", []edit{
			{session, "auth: look the user up before trusting a session", "\n// Users tells who may still sign in.\ntype Users interface{ Active(name string) bool }\n"},
			{"docs/runbook.md", "auth: say how to end all sessions of a user", "\nTo end every session of a user, remove the user; the next request is refused.\n"},
		}},
	}
}

func apiJobs() []job {
	const store, handler = "internal/orders/store.go", "internal/orders/handler.go"
	return []job{
		{"paginate /v1/orders", "P1", []edit{
			{store, "api: page through orders by cursor", "\n// Page returns at most n orders after the one at cursor.\nfunc (s *Store) Page(cursor, n int) []Order {\n\ts.mu.RLock()\n\tdefer s.mu.RUnlock()\n\tfrom := min(cursor, len(s.all))\n\treturn s.all[from:min(from+n, len(s.all))]\n}\n"},
			{handler, "api: read limit and cursor of /v1/orders", "\n// maxLimit bounds one page.\nconst maxLimit = 200\n"},
			{handler, "api: send Link headers for the next page", "\n// nextLink names the page after this one.\nconst nextLink = `</v1/orders?cursor=%d>; rel=\"next\"`\n"},
		}},
		{"answer errors as problem+json", "P2", []edit{
			{handler, "api: answer errors as problem+json", "\n// problem is an error as clients see it.\ntype problem struct {\n\tTitle  string `json:\"title\"`\n\tStatus int    `json:\"status\"`\n}\n"},
			{"docs/api.md", "api: describe the error format", "\nErrors are `application/problem+json` with a title and a status.\n"},
		}},
	}
}

func billingJobs() []job {
	const webhook, invoice = "internal/billing/webhook.go", "internal/billing/invoice.go"
	return []job{
		{"retry failed webhooks", "P0", []edit{
			{webhook, "billing: retry failed webhooks with backoff", "\n// backoff is how long the n-th retry waits.\nfunc backoff(n int) time.Duration { return min(time.Second<<n, time.Hour) }\n"},
			{webhook, "billing: drop webhooks that were seen before", "\n// seen remembers the events of the last day.\ntype seen map[string]time.Time\n"},
		}},
		{"round invoices to the cent", "P1", []edit{
			{invoice, "billing: round half to even", "\n// Round returns cents for a share of them in thousandths.\nfunc Round(milli int64) int64 { return (milli + 5 - milli/10%2) / 10 }\n"},
			{invoice, "billing: never invoice less than nothing", "\n// Due is what is left to be paid.\nfunc (i Invoice) Due() int64 {\n\tif i.Paid {\n\t\treturn 0\n\t}\n\treturn max(i.Cents, 0)\n}\n"},
		}},
		{"alert on refused payments", "P2", []edit{
			{webhook, "billing: count refused payments", "\n// Refused counts payments that the provider turned down.\nvar Refused = expvar.NewInt(\"payments_refused\")\n"},
			{"docs/runbook.md", "billing: say what to do about refused payments", "\nMany refused payments: see whether the provider's status page knows why.\n"},
		}},
	}
}

func frontendJobs() []job {
	const table, style = "web/table.js", "web/style.css"
	return []job{
		{"keyboard navigation", "P1", []edit{
			{table, "frontend: move through the table by arrow keys", "\ntable.addEventListener(\"keydown\", (e) => {\n  const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];\n  if (step) focusRow(current + step);\n});\n"},
			{style, "frontend: show which row has the focus", "\ntr:focus { outline: 2px solid Highlight; }\n"},
			{table, "frontend: open an order with Enter", "\nfunction open(order) { location.hash = order.id; }\n"},
		}},
		{"dark mode", "P2", []edit{
			{style, "frontend: follow the system's dark mode", "\n@media (prefers-color-scheme: dark) { body { background: #111; color: #eee; } }\n"},
			{"web/index.html", "frontend: declare both color schemes", "<meta name=\"color-scheme\" content=\"light dark\">\n"},
		}},
	}
}

func docsJobs() []job {
	const api = "docs/api.md"
	return []job{
		{"describe the orders API", "P2", []edit{
			{api, "docs: describe cursors and limits", "\n`limit` is at most 200. `cursor` comes from the `Link` header of the page before.\n"},
			{api, "docs: show a whole exchange", "\n    curl -s 'http://127.0.0.1:8080/v1/orders?limit=2'\n"},
		}},
		{"explain webhooks to partners", "P2", []edit{
			{"docs/runbook.md", "docs: explain webhook retries", "\nA webhook is tried again for a day, at most once an hour.\n"},
		}},
	}
}

func searchJobs() []job {
	const index = "internal/search/index.go"
	return []job{
		{"find orders by prefix", "P1", []edit{
			{index, "search: find customers by prefix", "\n// Prefix returns the customers whose name starts with p.\nfunc (x Index) Prefix(p string) (found []string) {\n\tfor name := range x {\n\t\tif strings.HasPrefix(name, p) {\n\t\t\tfound = append(found, name)\n\t\t}\n\t}\n\treturn found\n}\n"},
			{index, "search: sort what is found", "\n// byName is the order of results.\nvar byName = strings.Compare\n"},
		}},
		{"fold case and accents", "P2", []edit{
			{index, "search: fold case before comparing", "\n// fold returns the form of a name that is compared.\nfunc fold(name string) string { return strings.ToLower(name) }\n"},
		}},
	}
}
