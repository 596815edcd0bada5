"""Puts each page together with its view model. Imports a page when it is first opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from genba.gui.viewmodels.base import ViewModel
from genba.gui.widgets.page import Page

if TYPE_CHECKING:
    from genba.gui.main_window import MainWindow


def make_page(name: str, window: MainWindow) -> Page:
    """The widget of a page, over the window's view model for it."""
    look = window.look
    if name == "start":
        from genba.gui.pages.start import StartPage

        return StartPage(look, window.start, window.open_study)
    model = model_of(name, window)
    if name == "workload":
        from genba.gui.pages.workload import WorkloadPage
        from genba.gui.viewmodels.workload import WorkloadModel

        return WorkloadPage(look, cast(WorkloadModel, model))
    if name == "model":
        from genba.gui.pages.model import ModelPage
        from genba.gui.viewmodels.model import ModelModel

        return ModelPage(look, cast(ModelModel, model))
    if name == "device":
        from genba.gui.pages.device import DevicePage
        from genba.gui.viewmodels.device import DeviceModel

        return DevicePage(look, cast(DeviceModel, model))
    if name == "compress":
        from genba.gui.pages.compress import CompressPage
        from genba.gui.viewmodels.compress import CompressModel

        return CompressPage(look, cast(CompressModel, model))
    if name == "measure":
        from genba.gui.pages.measure import MeasurePage
        from genba.gui.viewmodels.measure import MeasureModel

        return MeasurePage(look, cast(MeasureModel, model))
    if name == "business":
        from genba.gui.pages.business import BusinessPage
        from genba.gui.viewmodels.business import BusinessModel

        return BusinessPage(look, cast(BusinessModel, model))
    from genba.gui.pages.report import ReportPage
    from genba.gui.viewmodels.report import ReportModel

    return ReportPage(look, cast(ReportModel, model))


def model_of(name: str, window: MainWindow) -> ViewModel:
    """The window's view model of a page, made once."""
    if name not in window.models:
        window.models[name] = _make_model(name, window)
    return window.models[name]


def _make_model(name: str, window: MainWindow) -> ViewModel:
    door, board, opened = window.door, window.board, window.opened
    if name == "workload":
        from genba.gui.viewmodels.workload import WorkloadModel

        return WorkloadModel(door, board, opened)
    if name == "model":
        from genba.gui.viewmodels.model import ModelModel

        return ModelModel(door, board, opened)
    if name == "device":
        from genba.gui.viewmodels.device import DeviceModel

        return DeviceModel(door, board, opened)
    if name == "compress":
        from genba.gui.viewmodels.compress import CompressModel

        return CompressModel(door, board, opened)
    if name == "measure":
        from genba.gui.viewmodels.measure import MeasureModel

        return MeasureModel(door, board, opened)
    if name == "business":
        from genba.gui.viewmodels.business import BusinessModel

        return BusinessModel(door, board, opened)
    from genba.gui.viewmodels.report import ReportModel

    return ReportModel(door, board, opened, window.look.language.code)
