"""Rerankers: a query and a candidate seen together -> a score. Each way of running one is a module
of its own, loaded when used."""

from vlm.rerankers.base import Exhibit, Reranker

__all__ = ["Exhibit", "Reranker"]
