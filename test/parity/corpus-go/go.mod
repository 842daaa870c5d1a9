module corpus

go 1.22.0

require github.com/go-chi/chi/v5 v5.2.1
