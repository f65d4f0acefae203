"""`python -m app.cli`: what the supervisor starts its children with."""

from app.cli import main

if __name__ == "__main__":  # a worker process of the web server imports this too
    main(prog_name="piga")
