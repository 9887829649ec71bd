"""The API's units: one file a resource, none imports another; `ROUTERS` in `api/app.py` lists them."""
